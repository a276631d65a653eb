import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type History, type HistoryEvent, operations } from "../../../core/history.ts";
import type { Json, Operation } from "../../../core/op.ts";
import { nodeId } from "../../../core/op.ts";
import { createRandom } from "../../../core/random.ts";
import { millis, nanos } from "../../../core/time.ts";
import { checkOperations } from "../../linearizability/check-operations.ts";
import type { Model } from "../../model.ts";
import { models } from "../../models/index.ts";
import { textSource } from "../format.ts";
import { jepsenEdn } from "./jepsen-edn.ts";
import { jepsenEdnLines } from "./jepsen-edn-writer.ts";

const written = (history: History): string => [...jepsenEdnLines(history)].join("");
const readBack = async (history: History): Promise<History> =>
  (await jepsenEdn.read(textSource(written(history), "h.edn"))).history;

/** What checkers read of an operation. An answer without a value is written as what was asked. */
const essence = ({ process, call, outcome, invokedAt }: Operation) => ({
  process,
  call,
  invokedAt,
  outcome:
    outcome.type === "ok"
      ? { type: "ok", value: outcome.output.value ?? call.value ?? null }
      : { type: outcome.type, code: outcome.error.code, definite: outcome.error.definite },
});
/** Which operations had returned before which were called. */
const order = (all: readonly Operation[]) =>
  all.map((a) => all.map((b) => Number.isFinite(a.returnIndex) && a.returnIndex < b.callIndex));

const values = fc.oneof(fc.integer(), fc.string({ unit: "binary" }), fc.constant(null));

/** A history of a register on one key or several, with faults and notices between; some answers false. */
function registerHistory(
  seed: number,
  keys: readonly (string | undefined)[],
  pool: readonly Json[],
): History {
  const random = createRandom(seed);
  const events: HistoryEvent[] = [];
  const open = new Map<number, { f: string; key?: string; value?: Json }>();
  let processes = 0;
  const at = () => ({ index: events.length, time: nanos(events.length * 1000 + 7) });
  const free = [0, 1, 2];
  for (let step = 0; step < 14; step++) {
    if (random.chance(0.1))
      events.push({ ...at(), type: "info", process: "nemesis", f: "leader", value: nodeId("n1") });
    const first = events.find(({ type }) => type === "invoke");
    if (first !== undefined && random.chance(0.1))
      events.push({
        ...at(),
        type: "notice",
        process: 0,
        node: nodeId("n1"),
        f: "put",
        of: first.index,
        value: 3,
      });
    const waiting = [...open.keys()];
    if (free.length > 0 && (waiting.length === 0 || random.chance(0.5))) {
      const slot = free.shift() ?? 0;
      const process = slot + 3 * processes;
      const key = random.pick(keys);
      const f = random.pick(["read", "write", "cas"]);
      const value =
        f === "write" ? random.pick(pool) : f === "cas" ? [random.pick(pool), random.pick(pool)] : undefined;
      const call = { f, ...(key !== undefined && { key }), ...(value !== undefined && { value }) };
      open.set(process, call);
      events.push({ ...at(), type: "invoke", process, node: nodeId("n2"), ...call });
    } else if (waiting.length > 0) {
      const process = random.pick(waiting);
      const { f, key, value } = open.get(process) ?? { f: "read" };
      open.delete(process);
      const about = { process, f, ...(key !== undefined && { key }) };
      const answer = f === "read" ? random.pick([...pool, null]) : value;
      const type = random.pick(["ok", "ok", "ok", "fail", "info"] as const);
      if (type === "ok")
        events.push({ ...at(), type, ...about, ...(answer !== undefined && { value: answer }) });
      else
        events.push({
          ...at(),
          type,
          ...about,
          ...(value !== undefined && { value }),
          error:
            type === "info" ? "timeout" : f === "cas" ? random.pick(["mismatch", "conflict"]) : "no-leader",
          message: 'said "no"\n',
        });
      if (type === "info") processes++;
      free.push(process % 3);
    }
  }
  return events;
}

describe("jepsenEdnLines()", () => {
  it("writes what our own reader reads as the same operations in the same order, with the same verdict", async () => {
    const seen = { valid: 0, invalid: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom([undefined], ["k"], ["r1", 'a "b" \\', "7"]),
        fc.uniqueArray(values, { minLength: 1, maxLength: 3 }),
        async (seed, keys, pool) => {
          const history = registerHistory(seed, keys, pool);
          if (!history.some(({ f }) => f === "read")) return;
          const [before, after] = [operations(history), operations(await readBack(history))];
          expect(after.map(essence).map(({ invokedAt, ...rest }) => rest)).toEqual(
            before.map(essence).map(({ invokedAt, ...rest }) => rest),
          );
          expect(after.map(({ invokedAt }) => invokedAt)).toEqual(before.map(({ invokedAt }) => invokedAt));
          expect(order(after)).toEqual(order(before));
          for (const key of keys) {
            const judge = (all: readonly Operation[]) =>
              checkOperations(
                models.register() as Model,
                all.filter(({ call }) => call.key === key),
              ).kind;
            const verdict = judge(before);
            expect(judge(after)).toBe(verdict);
            if (verdict !== "unknown") seen[verdict]++;
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(seen.valid).toBeGreaterThan(10);
    expect(seen.invalid).toBeGreaterThan(10);
  });

  it("writes keys as Jepsen's independent keys, and what is no client's where Jepsen passes over it", async () => {
    const value = { state: "begin", id: 1, summary: "isolate n2", nodes: [nodeId("n2")] } as const;
    const history: History = [
      { index: 0, time: nanos(5), type: "info", process: "nemesis", f: "phase", value: "main" },
      { index: 1, time: nanos(6), type: "invoke", process: 3, f: "cas", key: "k", value: [1, "two"] },
      { index: 2, time: nanos(7), type: "info", process: "nemesis", f: "fault", name: "partition", value },
      { index: 3, time: nanos(8), type: "notice", process: 3, node: nodeId("n1"), f: "put", of: 1, value: 1 },
      {
        index: 4,
        time: nanos(9),
        type: "fail",
        process: 3,
        f: "cas",
        key: "k",
        value: [1, "two"],
        error: "mismatch",
      },
    ];
    expect(written(history).split("\n")).toEqual([
      '{:index 0, :time 5, :type :info, :process :nemesis, :f :phase, :value "main"}',
      '{:index 1, :time 6, :type :invoke, :process 3, :f :cas, :value ["k" [1 "two"]]}',
      '{:index 2, :time 7, :type :info, :process :nemesis, :f :start-partition, :value {"state" "begin", "id" 1, "summary" "isolate n2", "nodes" ["n2"]}}',
      '{:index 3, :time 8, :type :info, :process :notice, :f :put, :to 3, :node "n1", :value 1, :of 1}',
      '{:index 4, :time 9, :type :fail, :process 3, :f :cas, :value ["k" [1 "two"]], :error :assay/mismatch}',
      "",
    ]);
    expect(operations(await readBack(history))).toHaveLength(1);
  });

  it("leaves out what was asked in another mode than the run's, and numbers the rest", () => {
    const read = { process: 1, f: "read", key: "k" } as const;
    const history: History = [
      { index: 0, time: millis(1), type: "invoke", ...read, mode: "local" },
      { index: 1, time: millis(2), type: "ok", ...read, mode: "local", value: 1 },
      { index: 2, time: millis(3), type: "invoke", process: 2, f: "watch", key: "k" },
      {
        index: 3,
        time: millis(4),
        type: "notice",
        process: 2,
        node: nodeId("n1"),
        f: "put",
        of: 2,
        value: 1,
      },
    ];
    expect(written(history).split("\n")).toEqual([
      '{:index 0, :time 3000000, :type :invoke, :process 2, :f :watch, :value ["k" nil]}',
      '{:index 1, :time 4000000, :type :info, :process :notice, :f :put, :to 2, :node "n1", :value 1, :of 0}',
      "",
    ]);
  });

  it("writes a key as a member where not every call has one, and transactions in Jepsen's words", async () => {
    const txn = [
      ["r", "x", null],
      ["append", "y", 2],
    ];
    const history: History = [
      { index: 0, time: millis(1), type: "invoke", process: 1, f: "txn", value: txn },
      { index: 1, time: millis(2), type: "invoke", process: 2, f: "acquire lock", key: "k" },
    ];
    expect(written(history).split("\n").slice(0, 2)).toEqual([
      '{:index 0, :time 1000000, :type :invoke, :process 1, :f :txn, :value [[:r "x" nil] [:append "y" 2]]}',
      '{:index 1, :time 2000000, :type :invoke, :process 2, :f "acquire lock", :value nil, :key "k"}',
    ]);
    expect(operations(await readBack(history)).map(({ call }) => call.key)).toEqual([undefined, "k"]);
  });
});
