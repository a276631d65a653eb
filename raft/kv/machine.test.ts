import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Command, decodeCommand, encodeCommand } from "./command.ts";
import { StateMachine } from "./machine.ts";
import type { PutRequest } from "./request.ts";
import type { StoreFlaw } from "./store.ts";
import { command } from "./testing/arbitraries.ts";

const request: PutRequest = {
  type: "put",
  key: Uint8Array.of(107),
  value: Uint8Array.of(118),
  prevKv: false,
  ignoreValue: false,
};

/** Applies commands at the next index. */
function machineFor(machine = new StateMachine()) {
  return {
    machine,
    apply: (command: Partial<Command>) =>
      machine.apply(
        machine.applied() + 1,
        encodeCommand({ proposer: 1, incarnation: 1, sequence: 1, settled: 0, request, ...command }),
      ),
  };
}

describe("the command codec", () => {
  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(command, (each) => {
        expect(decodeCommand(encodeCommand(each))).toEqual(each);
      }),
    );
  });

  it("refuses any other bytes with a CodecError", () => {
    const refuses = (bytes: Uint8Array) => {
      try {
        decodeCommand(bytes);
      } catch (reason) {
        expect(reason).toHaveProperty("name", "CodecError");
      }
    };
    fc.assert(
      fc.property(command, fc.nat(), fc.nat(255), (each, at, byte) => {
        const bytes = encodeCommand(each).slice();
        bytes[at % bytes.length] = byte;
        refuses(bytes);
        expect(() => decodeCommand(bytes.subarray(0, at % bytes.length))).toThrow(/expected .* at byte/);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), refuses), { numRuns: 2000 });
  });

  it("refuses bytes after the command", () => {
    const bytes = encodeCommand({ proposer: 1, incarnation: 1, sequence: 1, settled: 0, request });
    expect(() => decodeCommand(Uint8Array.of(...bytes, 0))).toThrow("expected the end");
  });

  it("refuses transactions nested without end before the stack does", () => {
    const start = encodeCommand({
      proposer: 1,
      incarnation: 1,
      sequence: 1,
      settled: 0,
      request: { type: "txn", compare: [], success: [], failure: [] },
    });
    // A transaction is its type, no comparisons, and one operation in its first branch: another one.
    const nested = Uint8Array.from({ length: 300_000 }, (_, i) => [2, 0, 1][i % 3] as number);
    const bytes = Uint8Array.of(...start.subarray(0, 5), ...nested.subarray(0, 60_000));
    expect(() => decodeCommand(bytes)).toThrow("less deeply nested");
  });
});

describe("a command that is in the log twice", () => {
  it("is applied once and answered alike", () => {
    const { machine, apply } = machineFor();
    const first = apply({ sequence: 7 });
    apply({ sequence: 8 });
    expect(apply({ sequence: 7 })).toEqual({ ...first, duplicate: true });
    expect(machine.store.revision).toBe(3);
  });

  it("differs from one of another member, and of another incarnation", () => {
    const { machine, apply } = machineFor();
    for (const ids of [{}, { proposer: 2 }, { incarnation: 2 }, { sequence: 2, incarnation: 2 }]) {
      expect(apply(ids)).toMatchObject({ duplicate: false });
    }
    expect(machine.store.revision).toBe(5);
  });

  it("has no effect once it was settled, though its result is forgotten", () => {
    const { machine, apply } = machineFor();
    apply({ sequence: 1 });
    apply({ sequence: 2, settled: 1 });
    const late = apply({ sequence: 1 });
    expect(late).toMatchObject({ duplicate: true, result: { ok: false, error: "superseded" } });
    expect(machine.result(1, 1, 1)).toBeUndefined();
    expect(machine.store.revision).toBe(3);
  });

  it("has no effect once its proposer was restarted", () => {
    const { machine, apply } = machineFor();
    apply({ incarnation: 2 });
    const late = apply({ incarnation: 1, sequence: 9 });
    expect(late).toMatchObject({ duplicate: true, result: { ok: false, error: "superseded" } });
    expect(machine.store.revision).toBe(2);
  });

  it("is applied out of order where it was never applied", () => {
    const { machine, apply } = machineFor();
    apply({ sequence: 3 });
    expect(apply({ sequence: 2 })).toMatchObject({ duplicate: false });
    expect(machine.store.revision).toBe(3);
  });

  it("is applied twice by the mutant apply-twice", () => {
    const { machine, apply } = machineFor(new StateMachine({ applyTwice: true }));
    apply({ sequence: 1 });
    expect(apply({ sequence: 1 })).toMatchObject({ duplicate: false });
    expect(machine.store.revision).toBe(3);
  });
});

describe("the state machine", () => {
  it("is the same after a snapshot: what it answers, what it remembers, and byte for byte", () => {
    const few = command.map((each) => ({
      ...each,
      incarnation: each.incarnation % 3,
      sequence: 5 + (each.sequence % 10),
      settled: each.settled % 5,
    }));
    fc.assert(
      fc.property(fc.array(few, { maxLength: 20 }), fc.array(few, { maxLength: 10 }), (before, after) => {
        const original = machineFor();
        for (const each of before) original.apply(each);
        const copy = machineFor(StateMachine.decodeSnapshot(original.machine.encodeSnapshot()));
        expect(copy.machine.applied()).toBe(original.machine.applied());
        expect(copy.machine.encodeSnapshot()).toEqual(original.machine.encodeSnapshot());
        for (const each of after) {
          const { result, ...ids } = copy.apply(each);
          const expected = original.apply(each);
          expect(ids).toEqual({ ...expected, result: undefined, ...ids });
          expect(withoutSub(result)).toEqual(withoutSub(expected.result));
        }
        expect(copy.machine.encodeSnapshot()).toEqual(original.machine.encodeSnapshot());
      }),
      { numRuns: 150 },
    );
  });

  it("is encoded a part at a time, as it was when that began, whatever is applied in between", () => {
    const { machine, apply } = machineFor();
    const large = (sequence: number) => {
      apply({ sequence, request: { ...request, value: new Uint8Array(200_000).fill(sequence) } });
    };
    for (let i = 1; i <= 10; i++) large(i);
    const whole = machine.encodeSnapshot();
    const parts = machine.encodeInParts();
    let steps = 0;
    let part = parts.next();
    for (; part.done !== true; part = parts.next()) {
      steps++;
      large(10 + steps);
      const revision = machine.store.revision;
      apply({ sequence: 100 + steps, request: { type: "compact", revision } });
    }
    expect(steps).toBeGreaterThan(3);
    expect(Buffer.compare(part.value, whole)).toBe(0);
    expect(Buffer.compare(machine.encodeSnapshot(), whole)).not.toBe(0);
  });

  it("gives a proposer that got a snapshot the result of its command", () => {
    const { machine, apply } = machineFor();
    const { result } = apply({ proposer: 2, incarnation: 5, sequence: 40 });
    const copy = StateMachine.decodeSnapshot(machine.encodeSnapshot());
    expect(copy.result(2, 5, 40)).toEqual(result);
    expect(copy.result(2, 4, 40)).toBeUndefined();
    expect(copy.result(2, 5, 41)).toBeUndefined();
  });

  it("remembers no more than what its proposers have under way", () => {
    const { machine, apply } = machineFor();
    const sizeAt = (sequence: number) => {
      for (let each = machine.applied() + 1; each <= sequence; each++) {
        apply({ sequence: each, settled: Math.max(0, each - 10) });
      }
      const last = machine.applied() + 1;
      const compact = { type: "compact", revision: machine.store.revision } as const;
      apply({ sequence: last, settled: last - 10, request: compact });
      return machine.encodeSnapshot().length;
    };
    const early = sizeAt(150);
    expect(sizeAt(10_000)).toBeLessThan(early + 40);
  });

  it("survives a settled mark that leaps", () => {
    const { machine, apply } = machineFor();
    apply({ sequence: 1 });
    apply({ sequence: Number.MAX_SAFE_INTEGER, settled: Number.MAX_SAFE_INTEGER - 1 });
    expect(machine.result(1, 1, 1)).toBeUndefined();
    expect(machine.result(1, 1, Number.MAX_SAFE_INTEGER)).toBeDefined();
  });

  it("refuses an entry that was applied already, and bytes that are not a command", () => {
    const { machine, apply } = machineFor();
    apply({});
    const data = encodeCommand({ proposer: 1, incarnation: 1, sequence: 2, settled: 0, request });
    expect(() => machine.apply(1, data)).toThrow("entry 1 comes after 1 was applied");
    expect(() => machine.apply(2, data.subarray(0, 4))).toThrow("expected a byte");
    expect(machine.applied()).toBe(1);
  });

  it("refuses a snapshot with anything wrong", () => {
    const { machine, apply } = machineFor();
    apply({});
    const good = machine.encodeSnapshot();
    expect(() => StateMachine.decodeSnapshot(Uint8Array.of(9, ...good))).toThrow("a snapshot of version 1");
    expect(() => StateMachine.decodeSnapshot(Uint8Array.of(...good, 0))).toThrow("expected the end");
  });
});

/** A remembered result is read back without the `sub` of the change that it came from. */
const withoutSub = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, each) => (name === "sub" ? undefined : each)));

describe("a planted flaw of the store", () => {
  const keyed = (value: number): PutRequest => ({ ...request, value: Uint8Array.of(value) });
  const read = ({ store }: StateMachine) => {
    const { key } = request;
    const found = { limit: 0, revision: 0, sortOrder: "none", sortTarget: "key", keysOnly: false } as const;
    const bounds = { minModRevision: 0, maxModRevision: 0, minCreateRevision: 0, maxCreateRevision: 0 };
    const answer = store.range({ type: "range", key, ...found, ...bounds, countOnly: false });
    return answer.ok && answer.response.type === "range" ? answer.response.kvs[0] : undefined;
  };
  const fifty = (flaw: StoreFlaw) => {
    const { machine, apply } = machineFor(new StateMachine({ flaw }));
    const revisions = Array.from({ length: 50 }, (_, i) => {
      const { result } = apply({ sequence: i + 1, request: keyed(i + 1) });
      return result.revision;
    });
    return { machine, apply, revisions };
  };

  it("drops the change of each fiftieth entry, answered with a revision of its own", () => {
    const { machine, revisions } = fifty("drops-changes");
    expect(revisions.slice(-2)).toEqual([50, 51]);
    expect(read(machine)).toMatchObject({ modRevision: 50, value: Uint8Array.of(49) });
  });

  it("gives each fiftieth entry the revision of the one before it", () => {
    const { machine, apply, revisions } = fifty("shares-revision");
    expect(revisions.slice(-2)).toEqual([50, 50]);
    expect(read(machine)).toMatchObject({ modRevision: 50, value: Uint8Array.of(50) });
    expect(apply({ sequence: 51, request: keyed(51) }).result.revision).toBe(51);
    const copy = StateMachine.decodeSnapshot(machine.encodeSnapshot(), { flaw: "shares-revision" });
    expect(read(copy)).toMatchObject({ modRevision: 51 });
  });
});
