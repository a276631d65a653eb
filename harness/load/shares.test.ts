/** Several shares of one load, in one process and virtual time. */
import { describe, expect, it } from "vitest";
import { memoryAdapter } from "../../adapters/memory/adapter.ts";
import { MemorySystem } from "../../adapters/memory/system.ts";
import { runCheckers } from "../../checker/run-checkers.ts";
import { sleep } from "../../core/clock.ts";
import { type History, type HistoryEvent, isClientEvent, isInvocation } from "../../core/history.ts";
import { createRandom } from "../../core/random.ts";
import { seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { register } from "../../workloads/register.ts";
import { testRun } from "../../workloads/testing/run.ts";
import type { Workload } from "../../workloads/workload.ts";
import { mergeParts } from "../record/merge-parts.ts";
import { Recorder } from "../record/recorder.ts";
import { withBystanders } from "../testing/bystanders.ts";
import { ClientGroup } from "./client-group.ts";

/** What `of` workers record that ask about one register for as long as `length` seconds. */
async function load(of: number, options = {}): Promise<readonly History[]> {
  return (await loadOf(of, options)).parts;
}

/** The same, with what each worker has counted. */
async function loadOf(
  of: number,
  { rate = 500, length = 20, seed = 1, workload = register as Workload, countsLoad = false } = {},
) {
  const clock = new VirtualClock();
  const random = createRandom(seed);
  const latencyMs = { min: 0.5, max: 4 };
  const system = new MemorySystem({ clock, random, nodes: 3, latencyMs, electionMs: 100 });
  const parts = Array.from({ length: of }, (): HistoryEvent[] => []);
  const recorders = parts.map((part) => new Recorder(clock, (event) => part.push(event), false));
  await clock.run(async () => {
    await Promise.all(system.nodes.map((node) => node.start()));
    await sleep(clock, seconds(1));
    const begin = clock.now();
    const groups = recorders.map((recorder, index) => {
      recorder.begin(begin);
      return new ClientGroup({
        clock,
        adapter: memoryAdapter(system),
        workload,
        run,
        endpoints: run.nodes.map((node) => ({ node, host: "memory", port: 0 })),
        connect: { clock, timeoutMs: 1000 },
        load: { kind: "open", rate, processes: 60, seconds: length },
        opened: 6,
        random: createRandom(seed),
        share: { index, of, generation: 0 },
        recorder,
        onError: (reason) => {
          throw reason;
        },
      });
    });
    for (const group of groups) {
      if (countsLoad) group.countLoad();
      group.start(begin);
    }
    await sleep(clock, seconds(length));
    await Promise.all(groups.map((group) => group.stop()));
  });
  return { parts, recorders };
}

const run = testRun({
  options: { keys: 1, "operations-per-key": 1_000_000, "concurrency-per-key": 10_000, "read-percent": 60 },
});

async function verdictOf(history: History) {
  const verdicts = await runCheckers(register.checkers(run), history, {
    promises: run.promises,
    threads: 1,
    timeLimitSeconds: 60,
    memoryLimitBytes: 2 ** 30,
    now: () => 0,
  });
  return verdicts.find(({ checker }) => checker === "linearizable")?.kind;
}

describe("ten thousand operations of two workers through one register", () => {
  const loading = load(2).then(mergeParts);

  it("are judged as one history", async () => {
    const history = await loading;
    expect(history.filter(isInvocation)).toHaveLength(10_000);
    expect(await verdictOf(history)).toBe("valid");
  });

  it("are found out where one worker reads what the other had overwritten before", async () => {
    const history = await loading;
    const isOfFirst = ({ process }: { process: number }) => process % 72 < 30;
    const answers = history
      .filter(isClientEvent)
      .filter(({ type, value }) => type === "ok" && value !== null);
    const after = answers.slice(5000);
    const write = after.find((event) => event.f === "write" && isOfFirst(event));
    const next = answers.find(
      (event) => event.f === "write" && event.index > (write?.index ?? 0) && isOfFirst(event),
    );
    const calls = new Map<number, number>();
    const late = history.filter(isClientEvent).find((event) => {
      if (event.type === "invoke") calls.set(event.process, event.index);
      else if (event.f === "read" && event.type === "ok" && !isOfFirst(event))
        return (calls.get(event.process) ?? 0) > (next?.index ?? Number.POSITIVE_INFINITY);
      return false;
    });
    expect(late).toBeDefined();
    const {
      revision: _,
      modRevision: _mod,
      ...bare
    } = late as HistoryEvent & { modRevision?: number; revision?: number };
    const planted = { ...bare, value: write?.value ?? null } as HistoryEvent;
    const wrong = history.map((event) => (event === late ? planted : event));
    expect(await verdictOf(wrong)).toBe("invalid");
  });
});

describe("the shares of a load", () => {
  const schedule = (parts: readonly History[]) =>
    parts
      .flat()
      .filter(isInvocation)
      .map(({ time, intended = time }) => Math.round(intended / 1e6))
      .sort((a, b) => a - b);

  it.each([1, 2, 3, 4])("send each operation of the schedule once: %i of them", async (of) => {
    const parts = await load(of, { rate: 100, length: 3 });
    expect(schedule(parts)).toEqual(Array.from({ length: 300 }, (_, i) => i * 10));
    const nodes = parts.map((part) => new Set(part.filter(isInvocation).map(({ node }) => node)).size);
    expect(nodes).toEqual(parts.map(() => 3));
  });

  it("count only what the load does where that is asked for", async () => {
    const workload = withBystanders(register, 5);
    const asked = { rate: 100, length: 3, workload };
    const counted = async (countsLoad: boolean) =>
      (await loadOf(2, { ...asked, countsLoad })).recorders.reduce(
        (sum, { counts: { ok, fail, info } }) => sum + ok + fail + info,
        0,
      );
    expect(await counted(true)).toBe(300);
    expect(await counted(false)).toBeGreaterThan(1000);
  });

  it("say the same to the same seed and number of workers", async () => {
    const short = { rate: 100, length: 3 };
    expect(await load(2, short)).toEqual(await load(2, short));
    expect(await load(2, short)).not.toEqual(await load(2, { ...short, seed: 2 }));
  });
});
