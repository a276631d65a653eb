import { describe, expect, it } from "vitest";
import type { MemoryNode } from "../../adapters/memory/node.ts";
import { runCheckers } from "../../checker/run-checkers.ts";
import { freely } from "../../checker/testing/history-of.ts";
import type { Consistency } from "../../core/consistency.ts";
import type { ClientEvent, History, HistoryEvent } from "../../core/history.ts";
import { nodeId, type Revision } from "../../core/op.ts";
import type { Run } from "../../core/run.ts";
import { seconds } from "../../core/time.ts";
import { register } from "../../workloads/register.ts";
import { testRun } from "../../workloads/testing/run.ts";
import { TestTrial } from "../testing/trial.ts";

const promises: readonly Consistency[] = [
  "linearizable",
  "linearizable-known-limits",
  "sequential",
  "stale-monotonic",
  "stale",
];
const load = { kind: "open", rate: 100, processes: 6, seconds: 8 } as const;

const verdictOf = (run: Run) => run.verdicts.find(({ checker }) => checker === "convergence");
const isClient = (event: HistoryEvent): event is ClientEvent => event.process !== "nemesis";
const finalOf = (events: History) =>
  events.findIndex((event) => event.f === "phase" && event.value === "final");
const localReads = (events: History): ClientEvent[] =>
  events.filter(isClient).filter(({ mode }) => mode !== undefined);

/** The node holds back what it learns while `isStuck`. */
function hold(node: MemoryNode, isStuck: () => boolean): void {
  let learned = 0;
  let shown = 0;
  Object.defineProperty(node, "applied", {
    get: () => {
      if (!isStuck()) shown = learned;
      return shown;
    },
    set: (revision: number) => {
      learned = revision;
    },
  });
}

/** A trial in which n2 stops learning 3 s after its begin and goes on learning at `until` seconds. */
async function stuck(until: number, readMode = "linearizable", convergenceSeconds = 10) {
  const trial = new TestTrial({ spec: { load, readMode, convergenceSeconds } });
  const { clock, system } = trial;
  hold(system.node(nodeId("n2")), () => clock.now() > seconds(3) && clock.now() < seconds(until));
  return { run: await trial.run(), trial };
}

describe("a node that never catches up", () => {
  it.each(["linearizable", "local"])("is invalid where reads are %s", async (readMode) => {
    const { run } = await stuck(Number.POSITIVE_INFINITY, readMode);
    expect(run.verdicts.filter(({ kind }) => kind !== "valid").map(({ checker }) => checker)).toEqual([
      "convergence",
    ]);
    expect(verdictOf(run)?.summary).toMatch(
      /n2 still returned \S+ for r\d+ at .* s after the last heal, while n1 and n3 returned \d+: the (write|cas) of .* by process \d+ \(acknowledged at .* s\) is missing at n2/,
    );
    expect(run.verdict).toBe("invalid");
  });

  it("is asked until its time is over, and once more", async () => {
    const { run, trial } = await stuck(Number.POSITIVE_INFINITY, "linearizable", 4);
    const asked = localReads(trial.events).filter(({ node, type }) => node === "n2" && type === "invoke");
    expect(asked.length).toBeGreaterThan(20);
    expect(run.workloadRun?.convergenceSeconds).toBe(4);
    const final = trial.events[finalOf(trial.events)]?.time ?? 0;
    const last = asked.at(-1)?.time ?? 0;
    expect(last - final).toBeGreaterThan(seconds(3.9));
    expect(last - final).toBeLessThan(seconds(5));
  });
});

describe("a node that catches up late", () => {
  it("is forgiven what it returned before", async () => {
    const { run, trial } = await stuck(15);
    expect(verdictOf(run)).toMatchObject({ kind: "valid" });
    const stale = localReads(trial.events).filter(({ node }) => node === "n2");
    expect(stale.length).toBeGreaterThan(localReads(trial.events).filter(({ node }) => node === "n1").length);
  });

  it("is not asked again once it has", async () => {
    const { trial } = await stuck(15);
    const last = localReads(trial.events).at(-1)?.time ?? 0;
    const final = trial.events[finalOf(trial.events)]?.time ?? 0;
    expect(last - final).toBeLessThan(seconds(5));
  });
});

describe("a right system", () => {
  const trial = new TestTrial({ spec: { load } });
  const done = trial.run();

  it("is asked one round, in the node's own mode", async () => {
    const run = await done;
    expect(verdictOf(run)).toMatchObject({ kind: "valid", anomalies: [] });
    const keys = new Set(trial.events.filter(isClient).map(({ key }) => key));
    const reads = localReads(trial.events).filter(({ type }) => type === "ok");
    expect(reads.every(({ mode }) => mode === "local")).toBe(true);
    expect(reads).toHaveLength(keys.size * 3);
  });

  it("has those reads in no count, and in no other checker's verdict", async () => {
    const run = await done;
    const ordinary = trial.events.filter(isClient).filter(({ mode }) => mode === undefined);
    expect(run.operations.ok).toBe(ordinary.filter(({ type }) => type === "ok").length);
    const without = trial.events.filter((event) => !isClient(event) || event.mode === undefined);
    const judged = async (events: History) =>
      (await runCheckers(register.checkers(options("linearizable")), events, freely))
        .filter(({ checker }) => checker !== "convergence")
        .map(({ checker, kind, summary }) => ({ checker, kind, summary }));
    expect(await judged(trial.events)).toEqual(await judged(without));
  });

  it("does not name the mode where it is the run's own, and asks nothing twice", async () => {
    const local = new TestTrial({ spec: { load, readMode: "local" } });
    expect(verdictOf(await local.run())).toMatchObject({ kind: "valid" });
    expect(localReads(local.events)).toEqual([]);
  });
});

describe("a node that does not answer at the end", () => {
  it("leaves the verdict open", async () => {
    const trial = new TestTrial({ spec: { load } });
    const { system, clock } = trial;
    clock.after(seconds(10), () => void system.network.cutClients([nodeId("n3")]));
    const run = await trial.run();
    expect(verdictOf(run)).toMatchObject({ kind: "unknown" });
    expect(verdictOf(run)?.summary).toContain("n3 gave no answer");
  });
});

/** Changes a stored run with local reads: each final read at n1 returns the first value ever written to the key. */
function staleForEver(events: History, revisions: "kept" | "changed" | "left out"): History {
  const first = new Map<
    string | undefined,
    { value: ClientEvent["value"]; revision: Revision | undefined }
  >();
  for (const event of events.filter(isClient)) {
    if (event.type === "ok" && event.f === "write" && !first.has(event.key))
      first.set(event.key, { value: event.value, revision: event.revision });
  }
  const final = finalOf(events);
  return events.map((event, i) => {
    if (!isClient(event) || i < final || event.node !== "n1" || event.type !== "ok") return event;
    const old = first.get(event.key);
    if (old === undefined) return event;
    const { revision, modRevision, ...rest } = event;
    const places = {
      kept: {
        ...(revision !== undefined && { revision }),
        ...(modRevision !== undefined && { modRevision }),
      },
      changed: old.revision === undefined ? {} : { revision: old.revision, modRevision: old.revision },
      "left out": {},
    }[revisions];
    return { ...rest, value: old.value ?? null, ...places };
  });
}

const options = (promises: Consistency) => testRun({ readMode: "local", promises });

describe("final reads that stay stale, in a run with local reads", () => {
  const trial = new TestTrial({ spec: { load, readMode: "local" } });
  const done = trial.run();

  it.each(
    promises.flatMap((promise) =>
      (["kept", "changed", "left out"] as const).map((revisions) => ({ promise, revisions })),
    ),
  )("are invalid under $promise, the revisions $revisions", async ({ promise, revisions }) => {
    await done;
    const changed = staleForEver(trial.events, revisions);
    const [checker] = register.checkers(options(promise)).filter(({ name }) => name === "convergence");
    const verdict = await checker?.check(changed, freely);
    expect(verdict?.kind).toBe("invalid");
    expect(verdict?.summary).toMatch(/n1 still returned \d+ for r\d+ .* while n2 and n3 returned \d+/);
  });
});
