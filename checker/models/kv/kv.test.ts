import { describe, expect, it } from "vitest";
import type { Call, Json, Outcome } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { same } from "../../canonical.ts";
import type { Claim } from "../../linearizability/explain/reason.ts";
import { accepts, unanswered } from "../../testing/accepts.ts";
import { expectAgreement, type Scenario } from "../../testing/agreement.ts";
import { answered } from "../../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../../testing/true-reasons.ts";
import { kv } from "./kv.ts";

const model = kv();
type Store = typeof model.init;

/** A transaction as a history has it. */
const transaction = (comparison: Json, hold: Json, differ: Json): Call => ({
  f: "txn",
  value: Object.fromEntries([
    ["compare", [comparison]],
    // biome-ignore lint/suspicious/noThenProperty: the member's name in a recorded call
    ["then", hold],
    ["else", differ],
  ]),
});

const key = (random: Random) => random.pick(["a1", "a2", "b1"]);

function call(random: Random): Call {
  switch (random.integer(0, 5)) {
    case 0:
      return { f: "get", key: key(random) };
    case 1:
      return { f: "put", key: key(random), value: random.integer(0, 1) };
    case 2:
      return { f: "delete", key: key(random) };
    case 3:
      return { f: "list", key: random.pick(["", "a"]) };
    default: {
      const [one, other] = [key(random), key(random)];
      const compare = random.chance(0.5) ? [one, "value", "=", 0] : [one, "revision", "=", 0];
      const hold = [
        ["put", other, 1],
        ["get", one],
      ];
      return transaction(compare, hold, [["delete", one]]);
    }
  }
}

const rows = ({ entries }: Store, prefix: string): Json =>
  Object.entries(entries)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { value }]) => [name, value]);

function answer(state: Store, { f, key: name = "", value }: Call): Outcome {
  const entry = state.entries[name];
  const now = 10 + state.changes;
  if (f === "get") return answered(entry?.value ?? null, now);
  if (f === "put") return answered(undefined, now + 1);
  if (f === "delete") return answered(entry !== undefined, now + (entry === undefined ? 0 : 1));
  if (f === "list") return answered(rows(state, name), now);
  const { compare } = value as { compare: [[string, string, string, number]] };
  const [[one, field]] = compare;
  const before = state.entries[one];
  const succeeded = field === "value" ? before?.value === 0 : before === undefined;
  return answered({ succeeded }, succeeded || before !== undefined ? now + 1 : now);
}

const scenario: Scenario<Store> = {
  model,
  call,
  answer,
  otherAnswer(random, operation) {
    const revision = random.chance(0.5) ? undefined : random.integer(9, 14);
    switch (operation.call.f) {
      case "get":
        return answered(random.pick([null, 0, 1]), revision);
      case "list":
        return answered(random.pick([[], [["a1", 1]], [["a2", 0]]]), revision);
      case "txn":
        return answered({ succeeded: random.chance(0.5) }, revision);
      default:
        return answered(random.chance(0.5), revision);
    }
  },
};

/** Whether a key has a value (`=key`), or is there (`?key`). */
function holds({ entries }: Store, { cell, value, holds: isSo }: Claim): boolean {
  const entry = entries[cell.slice(1)];
  const now = cell.startsWith("?") ? entry !== undefined : (entry?.value ?? null);
  return same(now, value) === isSo;
}

const does = (f: string, name: string, value?: Json, revision?: number) =>
  [{ f, key: name }, answered(value, revision)] as const;
const put = (name: string, value: Json, revision?: number) =>
  [{ f: "put", key: name, value }, answered(undefined, revision)] as const;
const txn = (compare: Json, hold: Json, differ: Json, output: Json, revision?: number) =>
  [transaction(compare, hold, differ), answered(output, revision)] as const;

describe("the kv", () => {
  it("is judged as brute force judges it, with revisions learned on the way", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(scenario, oracleOf(scenario, holds));
  });

  it("is judged so where the first revision is known", () => {
    expectAgreement({ ...scenario, model: kv({ revision: 10 }) });
  });

  it("reads, deletes and lists what was put", () => {
    const two = [put("a1", "x"), put("a2", "y"), put("b", "z")] as const;
    expect(
      accepts(
        model,
        ...two,
        does("list", "a", [
          ["a2", "y"],
          ["a1", "x"],
        ]),
      ),
    ).toBe(true);
    expect(accepts(model, ...two, does("list", "a", [["a1", "x"]]))).toBe(false);
    expect(
      accepts(
        model,
        ...two,
        does("list", "a", [
          ["a1", "x"],
          ["a1", "x"],
        ]),
      ),
    ).toBe(false);
    expect(accepts(model, ...two, does("delete", "a1", true), does("get", "a1", null))).toBe(true);
    expect(accepts(model, does("delete", "a1", true))).toBe(false);
    expect(accepts(model, does("get", "toString", null), does("get", "__proto__", null))).toBe(true);
  });

  it("counts one revision for a call that changes something, and none for one that does not", () => {
    expect(accepts(model, put("a", 1, 5), does("delete", "b", false, 5), does("get", "a", 1, 5))).toBe(true);
    expect(accepts(model, put("a", 1, 5), put("a", 1, 5))).toBe(false);
    expect(
      accepts(
        model,
        put("a", 1, 5),
        put("b", 1, 6),
        does("list", "", [
          ["a", 1, 5],
          ["b", 1, 6],
        ]),
      ),
    ).toBe(true);
    expect(
      accepts(
        model,
        put("a", 1, 5),
        put("b", 1, 6),
        does("list", "", [
          ["a", 1, 6],
          ["b", 1, 6],
        ]),
      ),
    ).toBe(false);
    const lost = [{ f: "put", key: "a", value: 2 }, unanswered] as const;
    expect(accepts(model, put("a", 1, 5), lost, does("get", "a", 2, 6))).toBe(true);
  });

  it("takes a transaction's branch by its comparisons, as one change", () => {
    const both: Json = [
      ["put", "a", 1],
      ["put", "b", 1],
      ["get", "a"],
    ];
    const created = txn(
      ["a", "revision", "=", 0],
      both,
      [],
      { succeeded: true, responses: [null, null, 1] },
      7,
    );
    const rest = does(
      "list",
      "",
      [
        ["a", 1, 7],
        ["b", 1, 7],
      ],
      7,
    );
    expect(accepts(model, created, rest)).toBe(true);
    expect(accepts(model, created, created)).toBe(false);
    const again = txn(
      ["a", "revision", "=", 0],
      both,
      [["get", "a"]],
      { succeeded: false, responses: [1] },
      7,
    );
    expect(accepts(model, created, again, rest)).toBe(true);
  });

  it("never meets a comparison of an absent key's value", () => {
    expect(accepts(model, txn(["a", "value", "!=", 1], [], [], { succeeded: false }))).toBe(true);
    expect(accepts(model, txn(["a", "value", "!=", 1], [], [], { succeeded: true }))).toBe(false);
  });

  it("compares revisions once one is known, and asks for it before", () => {
    const since = (revision: number, succeeded: boolean) =>
      txn(["a", "revision", "<", revision], [], [], { succeeded });
    expect(accepts(model, put("a", 1, 5), since(6, true), since(5, false))).toBe(true);
    expect(accepts(kv({ initial: { a: 1 }, revision: 4 }), since(5, true), since(4, false))).toBe(true);
    expect(() => accepts(model, put("a", 1), since(5, true))).toThrow(/first `revision`/);
  });
});
