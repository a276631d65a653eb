import { describe, expect, it } from "vitest";
import type { ClientEvent, History } from "../../core/history.ts";
import { operations } from "../../core/history.ts";
import { nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { millis } from "../../core/time.ts";
import type { RunContext } from "../checker.ts";
import { sessions } from "./sessions.ts";
import { staleReads } from "./stale-reads.ts";
import { staleness } from "./staleness.ts";
import { laggingRegister } from "./testing/lagging-register.ts";
import { definitelyBefore, versionsByKey } from "./versions.ts";
import { writtenValues } from "./written-values.ts";

const context: RunContext = {
  promises: "stale",
  threads: 1,
  timeLimitSeconds: 10,
  memoryLimitBytes: 2 ** 30,
  now: () => 0,
};

type Line = readonly [
  ms: number,
  type: ClientEvent["type"],
  process: number,
  f: string,
  value?: number | null | undefined,
  extra?: Partial<ClientEvent>,
];

function historyOf(...lines: Line[]): History {
  return lines.map(([ms, type, process, f, value, extra], index) => ({
    index,
    time: millis(ms),
    type,
    process,
    f,
    key: "r",
    node: nodeId("n1"),
    ...(value !== undefined && { value }),
    ...extra,
  }));
}

describe("staleness", () => {
  it("counts from the moment at which the value was overwritten for sure", () => {
    const history = historyOf(
      [0, "invoke", 1, "write", 1],
      [10, "ok", 1, "write", 1],
      [20, "invoke", 1, "write", 2],
      [30, "ok", 1, "write", 2],
      [50, "invoke", 2, "read"],
      [60, "ok", 2, "read", 1],
    );
    const verdict = staleness().check(history, context);
    expect(verdict).toMatchObject({
      kind: "valid",
      figures: { "stale reads": 1, "staleness ms worst": 20, "versions behind worst": 1 },
    });
    expect(verdict).toMatchObject({
      lanes: [
        {
          label: "stale reads",
          node: "n1",
          from: millis(50),
          to: millis(60),
          text: "1 stale read, up to 20 ms",
          figures: { "stale reads": 1, "out of date ms": 20 },
        },
      ],
    });
  });

  it("knows from a read that saw a write when that write was in place, though its own answer never came", () => {
    const history = historyOf(
      [0, "invoke", 1, "write", 1],
      [5, "invoke", 2, "read"],
      [10, "ok", 2, "read", 1],
      [30, "invoke", 3, "read"],
      [40, "ok", 3, "read", null],
    );
    expect(staleness().check(history, context)).toMatchObject({
      figures: { "stale reads": 1, "staleness ms worst": 20 },
      anomalies: [
        {
          evidence: {
            kind: "stale",
            operations: [{ process: 1 }, { process: 2 }, { process: 3 }],
            since: millis(10),
            culprit: 2,
          },
        },
      ],
    });
  });

  it("calls no read stale while the overwriting write may still be under way", () => {
    const history = historyOf(
      [0, "invoke", 1, "write", 1],
      [10, "ok", 1, "write", 1],
      [20, "invoke", 1, "write", 2],
      [25, "invoke", 2, "read"],
      [30, "ok", 1, "write", 2],
      [35, "ok", 2, "read", 1],
    );
    expect(staleness().check(history, context)).toMatchObject({ figures: { "stale reads": 0 } });
  });

  it("takes the system's revisions for the order of concurrent writes", () => {
    const revisions = (first: number, second: number) =>
      historyOf(
        [0, "invoke", 1, "write", 1],
        [0, "invoke", 2, "write", 2],
        [10, "ok", 1, "write", 1, { revision: first }],
        [10, "ok", 2, "write", 2, { revision: second }],
        [30, "invoke", 3, "read"],
        [35, "ok", 3, "read", 1],
      );
    expect(staleness().check(revisions(5, 6), context)).toMatchObject({ figures: { "stale reads": 1 } });
    expect(staleness().check(revisions(6, 5), context)).toMatchObject({ figures: { "stale reads": 0 } });
  });

  it.each([
    [true, 0],
    [false, 0],
    [true, 0.4],
    [false, 0.4],
  ])(
    "never over-estimates and never blames a fresh read, over 400 simulated registers (revisions: %s, deletes: %d)",
    (revisions, deletes) => {
      let found = 0;
      for (let seed = 0; seed < 400; seed++) {
        const { history, truth } = laggingRegister(createRandom(seed), { lagMs: 30, revisions, deletes });
        const really = new Map(truth.map((one) => [one.callIndex, one]));
        for (const { read, staleMs, versionsBehind } of versionsByKey(operations(history)).flatMap(
          staleReads,
        )) {
          const true_ = really.get(read.callIndex);
          expect(staleMs, `seed ${seed}`).toBeLessThanOrEqual((true_?.staleMs ?? -1) + 1e-6);
          expect(versionsBehind, `seed ${seed}`).toBeLessThanOrEqual(true_?.versionsBehind ?? -1);
          found++;
        }
      }
      expect(found).toBeGreaterThan(200);
    },
  );

  it("reports for each stale read what the definitions say, over 300 simulated registers", () => {
    let found = 0;
    for (let seed = 1000; seed < 1300; seed++) {
      const deletes = seed % 3 === 0 ? 0.4 : 0;
      const { history } = laggingRegister(createRandom(seed), {
        lagMs: 30,
        revisions: seed % 2 === 0,
        deletes,
      });
      for (const key of versionsByKey(operations(history))) {
        const byRead = new Map(staleReads(key).map((stale) => [stale.read, stale]));
        for (const { operation: read, version } of key.reads) {
          const overwriting = key.versions.filter(
            (later) => version && definitelyBefore(version, later) && later.effectBy < read.callIndex,
          );
          const first = overwriting.toSorted((a, b) => a.effectBy - b.effectBy)[0];
          const staleMs = first && (read.invokedAt - first.effectTime) / 1e6;
          expect(byRead.get(read)?.staleMs, `seed ${seed}`).toEqual(staleMs);
          expect(byRead.get(read)?.versionsBehind ?? 0, `seed ${seed}`).toBe(overwriting.length);
          found += overwriting.length;
        }
      }
    }
    expect(found).toBeGreaterThan(200);
  });

  it("ends a window with the first read that shows that the node caught up", () => {
    const history = historyOf(
      [0, "invoke", 1, "write", 1],
      [1, "ok", 1, "write", 1],
      [2, "invoke", 1, "write", 2],
      [3, "ok", 1, "write", 2],
      [10, "invoke", 2, "read"],
      [11, "ok", 2, "read", 1],
      [12, "invoke", 2, "read"],
      [13, "ok", 2, "read", 2],
      [20, "invoke", 2, "read"],
      [21, "ok", 2, "read", 1],
      [30, "invoke", 1, "write", 3],
      [31, "ok", 1, "write", 3],
      [40, "invoke", 2, "read"],
      [41, "ok", 2, "read", 3],
      [50, "invoke", 2, "read"],
      [51, "ok", 2, "read", 2],
    );
    const verdict = staleness().check(history, context);
    expect(verdict).toMatchObject({
      lanes: [
        { from: millis(10), to: millis(21), figures: { "stale reads": 2 } },
        { from: millis(50), to: millis(51), figures: { "stale reads": 1 } },
      ],
    });
  });

  it("makes one window of reads that overlap in time, fresh ones among them", () => {
    const history = historyOf(
      [0, "invoke", 1, "write", 1],
      [1, "ok", 1, "write", 1],
      [2, "invoke", 1, "write", 2],
      [3, "ok", 1, "write", 2],
      [10, "invoke", 2, "read"],
      [12, "invoke", 1, "write", 3],
      [13, "ok", 1, "write", 3],
      [14, "invoke", 3, "read"],
      [16, "invoke", 4, "read"],
      [50, "ok", 2, "read", 1],
      [51, "ok", 3, "read", 3],
      [52, "ok", 4, "read", 2],
    );
    expect(staleness().check(history, context)).toMatchObject({
      lanes: [{ from: millis(10), to: millis(52), figures: { "stale reads": 2 } }],
    });
  });
});

describe("sessions", () => {
  const all = sessions({
    guarantees: ["monotonic-reads", "read-your-writes", "monotonic-writes", "writes-follow-reads"],
  });
  const twoWrites: Line[] = [
    [0, "invoke", 1, "write", 1],
    [1, "ok", 1, "write", 1],
    [2, "invoke", 1, "write", 2],
    [3, "ok", 1, "write", 2],
  ];

  it("finds a session that reads an older value after a newer one", () => {
    const history = historyOf(
      ...twoWrites,
      [4, "invoke", 2, "read"],
      [5, "ok", 2, "read", 2],
      [6, "invoke", 2, "read"],
      [7, "ok", 2, "read", 1],
    );
    const verdict = all.check(history, context);
    expect(verdict).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "monotonic-reads", evidence: { culprit: 3 } }],
    });
    expect(verdict).toMatchObject({
      anomalies: [
        {
          summary:
            "process 2 read 1 from r on n1 at 0.006 s, 1.0 ms after it had read 2, although 1 was in place before 2 was requested",
        },
      ],
    });
  });

  it("lets different sessions disagree", () => {
    const history = historyOf(
      ...twoWrites,
      [4, "invoke", 2, "read"],
      [5, "ok", 2, "read", 2],
      [6, "invoke", 3, "read"],
      [7, "ok", 3, "read", 1],
    );
    expect(all.check(history, context)).toMatchObject({ kind: "valid" });
  });

  it("begins a new session where the connection was lost", () => {
    const history = historyOf(
      ...twoWrites,
      [4, "invoke", 2, "read"],
      [5, "ok", 2, "read", 2],
      [6, "invoke", 2, "read"],
      [7, "fail", 2, "read", undefined, { error: "not-connected" }],
      [8, "invoke", 2, "read"],
      [9, "ok", 2, "read", 1],
    );
    expect(all.check(history, context)).toMatchObject({ kind: "valid" });
  });

  it("finds a session that does not read its own write", () => {
    const history = historyOf(...twoWrites, [4, "invoke", 1, "read"], [5, "ok", 1, "read", 1]);
    expect(all.check(history, context)).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "read-your-writes" }],
    });
    expect(sessions({ guarantees: ["monotonic-reads"] }).check(history, context)).toMatchObject({
      kind: "valid",
    });
  });

  it("finds writes of a session that the system put in another order", () => {
    const history = historyOf(
      [0, "invoke", 1, "write", 1],
      [1, "ok", 1, "write", 1, { revision: 9 }],
      [2, "invoke", 2, "read"],
      [3, "ok", 2, "read", 1],
      [4, "invoke", 1, "write", 2],
      [5, "ok", 1, "write", 2, { revision: 8 }],
      [6, "invoke", 2, "write", 3],
      [7, "ok", 2, "write", 3, { revision: 7 }],
    );
    expect(all.check(history, context)).toMatchObject({
      anomalies: [{ kind: "monotonic-writes" }, { kind: "writes-follow-reads" }],
    });
    expect(all.check(history, context)).toMatchObject({
      anomalies: [
        {
          summary:
            "process 1 wrote 2 to r on n1 at 0.004 s, 3.0 ms after it had written 1, although the system ordered 2 first (revision 8, before 9)",
        },
        { summary: expect.stringContaining("after it had read 1, although the system ordered 3 first") },
      ],
    });
  });

  it("counts a read once that is older by its key and by the system's count, and shows every kind", () => {
    const again = Array.from({ length: 6 }, (_, i): Line[] => [
      [10 + 4 * i, "invoke", 2, "read"],
      [11 + 4 * i, "ok", 2, "read", 2, { revision: 8 }],
      [12 + 4 * i, "invoke", 2, "read"],
      [13 + 4 * i, "ok", 2, "read", 1, { revision: 7 }],
    ]);
    const history = historyOf(
      ...twoWrites,
      ...again.flat(),
      [50, "invoke", 1, "read"],
      [51, "ok", 1, "read", null],
    );
    const shown = ["read-your-writes", ...Array(4).fill("monotonic-reads")].map((kind) => ({ kind }));
    expect(all.check(history, context)).toMatchObject({
      figures: { "session violations": 7 },
      anomalies: shown,
    });
  });

  it("finds states that go back by the system's own count, whatever the key", () => {
    const history = historyOf(
      [0, "invoke", 1, "read"],
      [1, "ok", 1, "read", null, { revision: 9 }],
      [2, "invoke", 1, "read", undefined, { key: "s" }],
      [3, "ok", 1, "read", null, { key: "s", revision: 8 }],
    );
    expect(all.check(history, context)).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "monotonic-reads" }],
    });
  });

  it("accepts every session of 300 simulated registers without lag, with and without revisions", () => {
    for (let seed = 0; seed < 300; seed++) {
      const options = { lagMs: 0, revisions: seed % 2 === 0, deletes: seed % 3 === 0 ? 0.4 : 0 };
      const { history } = laggingRegister(createRandom(seed), options);
      expect(all.check(history, context), `seed ${seed}`).toMatchObject({ kind: "valid" });
    }
  });
});

describe("written values", () => {
  it("blames a read of a value that nobody had asked to write by then", () => {
    const history = historyOf(
      [0, "invoke", 1, "read"],
      [1, "ok", 1, "read", 7],
      [2, "invoke", 2, "write", 7],
      [3, "ok", 2, "write", 7],
    );
    expect(writtenValues().check(history, context)).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "unwritten-value" }],
    });
  });

  it("accepts a read of a write whose answer never came", () => {
    const history = historyOf(
      [0, "invoke", 2, "write", 7],
      [1, "invoke", 1, "read"],
      [2, "ok", 1, "read", 7],
    );
    expect(writtenValues().check(history, context)).toMatchObject({ kind: "valid" });
  });
});
