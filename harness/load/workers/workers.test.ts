import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Adapter } from "../../../adapters/adapter.ts";
import { sleep } from "../../../core/clock.ts";
import { decodeHistory } from "../../../core/codec/history-codec.ts";
import { type History, isClientEvent, isInvocation, operations } from "../../../core/history.ts";
import { nodeId } from "../../../core/op.ts";
import { programCommand } from "../../../core/program/node-program.ts";
import { realClock } from "../../../core/real-clock.ts";
import type { Load } from "../../../core/run.ts";
import { millis, nanos } from "../../../core/time.ts";
import { testRun } from "../../../workloads/testing/run.ts";
import { mergeParts } from "../../record/merge-parts.ts";
import { Recorder } from "../../record/recorder.ts";
import { cleanLeftovers } from "../../runtimes/cleanup.ts";
import { processState } from "../../runtimes/process/identity.ts";
import type { ClientHost, Clients, LoadFigures, Worker } from "../clients.ts";
import { meanConcurrency } from "../little.ts";
import { known } from "./testing/known.ts";
import { testWorker, workersOf } from "./testing/place.ts";
import { workerClients } from "./worker-clients.ts";

const clock = realClock();
let scratch: string;
let host: ClientHost;
let errors: unknown[];
let recorder: Recorder;
let made = 0;
let runId: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-workers-"));
  runId = `workers-${process.pid}-${++made}`;
  host = workerClients(2, testWorker, clock);
  errors = [];
  recorder = new Recorder(clock, () => {});
});
afterEach(async () => {
  await host.close();
  await rm(scratch, { recursive: true });
});

const open = (rate: number): Load => ({ kind: "open", rate, processes: 40, seconds: 60 });

async function start(
  load: Load,
  workload: "numbers" | "errors" = "numbers",
  { adapter, connections }: { adapter: Adapter; connections?: number } = { adapter: known.adapters.alone },
): Promise<Clients> {
  await host.prepare({ runId, logDir: scratch });
  const clients = host.make({
    clock,
    adapter,
    workload: known.workloads[workload],
    run: testRun({ nodes: [nodeId("n1")] }),
    endpoints: [{ node: nodeId("n1"), host: "127.0.0.1", port: 1 }],
    connect: { timeoutMs: 1000, clock },
    connections,
    load,
    opened: 2,
    seed: 1,
    phase: "main",
    records: { recorder, part: (name) => join(scratch, `${name}.jsonl`) },
    onError: (reason) => errors.push(reason),
  });
  await clients.open();
  const begin = clock.now();
  recorder.begin(begin);
  clients.start(begin);
  return clients;
}

/** Ends the load; resolves with what was recorded, and how long the load lasted. */
async function end(clients: Clients): Promise<LoadFigures & { history: History; length: number }> {
  const length = recorder.now();
  const figures = await clients.stop();
  await clients.close();
  return { ...figures, history: mergeParts(await parts()), length };
}

async function parts(): Promise<History[]> {
  const names = (await readdir(scratch)).filter((name) => name.endsWith(".jsonl")).sort();
  return Promise.all(names.map(async (name) => decodeHistory(await readFile(join(scratch, name), "utf8"))));
}

/** Until at least `count` operations succeeded from now on. */
async function untilMore(clients: Clients, count: number): Promise<void> {
  const before = await clients.succeeded();
  await until(async () => (await clients.succeeded()) >= before + count);
}

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await reached())) await sleep(clock, millis(5));
}

const first = (): Worker => {
  const [worker] = host.workers;
  if (worker === undefined) throw new Error("no worker");
  return worker;
};
/** Which worker an operation is of. */
const workerOf = (process: number): number => (process % 44 < 20 ? 1 : 2);
const unsentOf = ({ unsent }: LoadFigures, because: string) =>
  unsent.filter((span) => span.because === because).reduce((sum, { count }) => sum + count, 0);

describe("two load workers", () => {
  it("share the schedule: each operation is sent once, under an id and with a value of its own", async () => {
    const clients = await start(open(400));
    await untilMore(clients, 300);
    const ended = await end(clients);
    const invocations = ended.history.filter(isInvocation);
    const dueOf = (worker: number) =>
      invocations
        .filter(({ process }) => workerOf(process) === worker)
        .map(({ time, intended = time }) => Math.round(intended / 2.5e6));
    const [first, second] = [dueOf(1), dueOf(2)];
    expect(first.every((slot) => slot % 2 === 0)).toBe(true);
    expect(second.every((slot) => slot % 2 === 1)).toBe(true);
    expect(new Set([...first, ...second]).size).toBe(invocations.length);
    // None is left out but those that are counted as unsent, because the machine was busy.
    const slots = [first, second].map((due) => Math.floor(Math.max(...due) / 2) + 1);
    const unsent = ended.unsent.reduce((sum, { count }) => sum + count, 0);
    expect(invocations.length + unsent).toBeGreaterThanOrEqual(slots.reduce((sum, count) => sum + count, 0));
    expect(new Set(invocations.map(({ value }) => value)).size).toBe(invocations.length);
    expect(new Set(invocations.map(({ process }) => workerOf(process)))).toEqual(new Set([1, 2]));
    expect(errors).toEqual([]);
  });

  it.each(["numbers", "errors"] as const)("hold to Little's law in a closed loop (%s)", async (workload) => {
    const clients = await start({ kind: "closed", processes: 40, seconds: 60 }, workload);
    await untilMore(clients, 6000);
    const { history, length, workers } = await end(clients);
    const all = operations(history);
    // While all clients are at work: how long it takes them to start and to stop is the machine's affair.
    const [from, to] = [nanos(length * 0.2), nanos(length * 0.8)];
    expect(Math.abs(meanConcurrency(all, from, to) / 40 - 1)).toBeLessThan(0.03);
    const failed = all.filter(({ outcome }) => outcome.type !== "ok");
    expect(failed.length > 0).toBe(workload === "errors");
    // Without its errors the load would seem to have had fewer clients than it had.
    const ok = all.filter(({ outcome }) => outcome.type === "ok");
    const answered = meanConcurrency(ok, from, to);
    if (workload === "errors") expect(answered).toBeLessThan(40 * 0.8);
    expect(workers).toHaveLength(2);
  });

  it("have clients that share as many connections as were asked for", async () => {
    const clients = await start(open(400), "numbers", { adapter: known.adapters.three, connections: 3 });
    await until(() => recorder.counts.ok + recorder.counts.fail > 20);
    await end(clients);
    expect(recorder.counts.fail).toBe(0);
  });

  it("report what they counted, while they count", async () => {
    const clients = await start(open(200));
    await until(() => recorder.counts.ok > 20);
    await end(clients);
  });

  it("report what they counted up to now before they say how much succeeded", async () => {
    const clients = await start(open(400));
    await untilMore(clients, 20);
    for (let i = 0; i < 10; i++) {
      const succeeded = await clients.succeeded();
      expect(recorder.counts.ok).toBeGreaterThanOrEqual(succeeded);
      await sleep(clock, millis(20));
    }
    await end(clients);
  });

  it("pause: the process is stopped, sends nothing, and owes nothing when it goes on", async () => {
    const clients = await start(open(400));
    await untilMore(clients, 50);
    const proof = await first().pause();
    expect(proof).toMatch(/^process \d+ is stopped \(state T\)$/);
    expect(processState(Number(proof.split(" ")[1]))).toBe("T");
    const pausedAt = recorder.now();
    await sleep(clock, millis(600));
    const resumedAt = recorder.now();
    await first().resume();
    expect(first().state()).toBe("running");
    await untilMore(clients, 100);
    const ended = await end(clients);
    const invocations = ended.history.filter(isInvocation);
    const meanwhile = invocations.filter(({ time }) => time > pausedAt && time < resumedAt);
    expect(new Set(meanwhile.map(({ process }) => workerOf(process)))).toEqual(new Set([2]));
    expect(unsentOf(ended, "stopped")).toBeGreaterThan(50);
    const after = invocations.filter(({ time, process }) => time >= resumedAt && workerOf(process) === 1);
    expect(after.length).toBeGreaterThan(0);
    expect(after.every(({ intended = resumedAt }) => intended >= resumedAt - millis(100))).toBe(true);
    expect(errors).toEqual([]);
  });

  it("are killed and replaced: no id and no value comes back, and nothing that was sent is missing", async () => {
    const clients = await start(open(400));
    await untilMore(clients, 50);
    expect(await first().kill()).toMatch(/^process \d+ ended by SIGKILL and is gone$/);
    expect(first().state()).toBe("killed");
    await sleep(clock, millis(300));
    await first().replace();
    await untilMoreOf(100);
    const ended = await end(clients);
    expect(await readdir(scratch)).toEqual(expect.arrayContaining(["w1.jsonl", "w1-2.jsonl", "w2.jsonl"]));
    const [w1, w12] = await Promise.all(
      ["w1.jsonl", "w1-2.jsonl"].map(async (name) =>
        decodeHistory(await readFile(join(scratch, name), "utf8")),
      ),
    );
    const ids = (history: History = []) =>
      new Set(history.filter(isClientEvent).map(({ process }) => process));
    const values = (history: History = []) => new Set(history.filter(isInvocation).map(({ value }) => value));
    expect([...ids(w1)].filter((id) => ids(w12).has(id))).toEqual([]);
    expect([...values(w1)].filter((value) => values(w12).has(value))).toEqual([]);
    expect(values(w12).size).toBeGreaterThan(20);
    expect(unsentOf(ended, "stopped")).toBeGreaterThan(20);
    expect(errors).toEqual([]);
  });

  it("end the run with a sentence where one ends by itself, and what it had recorded stays", async () => {
    const clients = await start(open(400));
    await untilMore(clients, 50);
    const [pid = 0] = workersOf(`${runId}-clients`);
    process.kill(pid, "SIGKILL");
    await until(() => errors.length > 0);
    expect(String(errors[0])).toMatch(/the load worker w[12] ended \(SIGKILL\)/);
    const { history } = await end(clients);
    expect(history.filter(isInvocation).length).toBeGreaterThanOrEqual(50);
  });

  it("end with the load although somebody else stopped one of them", async () => {
    const clients = await start(open(400));
    await untilMore(clients, 50);
    const [pid = 0] = workersOf(`${runId}-clients`);
    process.kill(pid, "SIGSTOP");
    await until(() => processState(pid) === "T");
    const { workers } = await end(clients);
    expect(workers).toHaveLength(2);
    expect(errors).toEqual([]);
  });

  it("are gone when their host is closed, paused or not", async () => {
    const clients = await start(open(100));
    await first().pause();
    expect(workersOf(`${runId}-clients`)).toHaveLength(2);
    await host.close();
    expect(workersOf(`${runId}-clients`)).toEqual([]);
    await clients.close();
  });

  it("end with a harness that is killed with -9; one that is stopped is found and removed by the next", async () => {
    const script = programCommand(new URL("./testing/harness.ts", import.meta.url));
    const [command = "", ...args] = [...script, runId, scratch];
    const harness = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    await once(harness.stdout, "data");
    expect(workersOf(`${runId}-clients`)).toHaveLength(2);
    harness.kill("SIGKILL");
    await once(harness, "exit");
    // Another run that starts in this moment removes what is left, too.
    await until(() => workersOf(`${runId}-clients`).length <= 1);
    await cleanLeftovers();
    expect(workersOf(`${runId}-clients`)).toEqual([]);
  });
});

/** Like `untilMore` where a worker was replaced, whose count begins again: by what the recorder hears. */
async function untilMoreOf(count: number): Promise<void> {
  const before = recorder.counts.ok;
  await until(() => recorder.counts.ok > before + count);
}

describe("the merged history of two processes that count up in turn", () => {
  it("never turns an order around", async () => {
    const rounds = 4000;
    const script = programCommand(new URL("./testing/ping-pong.ts", import.meta.url));
    const files = [0, 1].map((process) => join(scratch, `${process}.jsonl`));
    const [command = "", ...args] = script;
    const common = [`${clock.now()}`, `${rounds}`];
    const listener = spawn(command, [...args, files[0] ?? "", ...common, "0", join(scratch, "ball")]);
    await once(listener.stdout, "data");
    const over = once(listener, "exit");
    await promisify(execFile)(command, [...args, files[1] ?? "", ...common, "1", join(scratch, "ball")]);
    await over;
    const merged = mergeParts(
      await Promise.all(files.map(async (file) => decodeHistory(await readFile(file, "utf8")))),
    );
    const steps = operations(merged).toSorted((a, b) => Number(a.call.value) - Number(b.call.value));
    expect(steps.map(({ call }) => call.value)).toEqual(Array.from({ length: rounds }, (_, i) => i + 1));
    for (const [i, { callIndex }] of steps.entries())
      if (i > 0) expect(steps[i - 1]?.returnIndex).toBeLessThan(callIndex);
  });
});
