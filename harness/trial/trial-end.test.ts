import { describe, expect, it } from "vitest";
import { CouldNotRunError, UsageError } from "../../core/errors.ts";
import { mixed } from "../../workloads/mixed.ts";
import type { Nemesis } from "../nemesis/nemesis.ts";
import { TestTrial } from "../testing/trial.ts";
import type { Stage } from "./progress.ts";
import { TrialFailedError, type TrialSpec } from "./spec.ts";

const short = {
  load: { kind: "open", rate: 100, processes: 6, seconds: 8 },
  faultSeconds: { min: 2, max: 3 },
  gapSeconds: { min: 1, max: 2 },
} as const satisfies Partial<TrialSpec>;

/** A trial whose pieces record, in order, what was done to them. */
function watched(options: ConstructorParameters<typeof TestTrial>[0] = {}) {
  const trial = new TestTrial({ spec: short, ...options });
  const done: string[] = [];
  const { runtime } = trial.deps;
  const start = runtime.start.bind(runtime);
  runtime.start = async (...args) => {
    const cluster = await start(...args);
    return {
      ...cluster,
      stop() {
        done.push("stop");
        return cluster.stop();
      },
    };
  };
  const { network } = trial.system;
  const heal = network.heal.bind(network);
  network.heal = () => {
    if (done.at(-1) !== "heal") done.push("heal");
    return heal();
  };
  return { trial, done };
}

const failure = async (trial: TestTrial): Promise<TrialFailedError> => {
  const reason = await trial.run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(reason).toBeInstanceOf(TrialFailedError);
  return reason as TrialFailedError;
};

const states = (trial: TestTrial) => trial.system.nodes.map((node) => node.state());
const down = ["killed", "killed", "killed"];

/** Every fault that began was ended. */
function expectHealed(trial: TestTrial): void {
  const changes = trial.progress.flatMap((event) => (event.type === "fault" ? [event.change] : []));
  const ids = (state: string) => changes.filter((change) => change.state === state).map(({ id }) => id);
  expect(ids("end")).toEqual(ids("begin"));
}

describe("a trial that cannot be", () => {
  it.each<[string, Partial<TrialSpec>, readonly string[]]>([
    ['unknown read mode "quorum"', { readMode: "quorum" }, []],
    ["memory runs with 1, 3 or 5 nodes, not 4", { nodes: 4 }, []],
    ["2 clients cannot use 3 nodes", { load: { ...short.load, processes: 2 } }, []],
    ["expected a whole number from 0 to 100", { workloadOptions: { "read-percent": 300 } }, []],
    ["expected a whole number from 1 to", { workloadOptions: { keys: Number("many") } }, []],
    ['unknown option "kyes"', { workloadOptions: { kyes: 3 } }, []],
    ["use --seconds 10", {}, ["kill", "pause"]],
  ])("is refused before anything is made: %s", async (message, spec, nemeses) => {
    const { trial, done } = watched({ nemeses, spec: { ...short, ...spec } });
    await expect(trial.run()).rejects.toThrow(UsageError);
    await expect(trial.run()).rejects.toThrow(message);
    expect(done).toEqual([]);
    expect(trial.progress).toEqual([]);
  });

  it("is refused where the workload's options do not go together", async () => {
    const spec = { ...short, workloadOptions: { "insert-percent": 60 } };
    const { trial } = watched({ spec });
    const refused = new TestTrial({ spec, deps: { ...trial.deps, workload: mixed } });
    await expect(refused.run()).rejects.toThrow(UsageError);
    await expect(refused.run()).rejects.toThrow("read-percent=50, insert-percent=60");
  });

  it("is refused where the runtime cannot inject the fault", async () => {
    const { trial } = watched({ nemeses: ["kill"] });
    const deps = { ...trial.deps, runtime: { ...trial.deps.runtime, faults: new Set<never>() } };
    const refused = new TestTrial({ nemeses: ["kill"], spec: short, deps });
    await expect(refused.run()).rejects.toThrow(
      "nemesis kill needs kill, restart, which memory on runtime memory lacks",
    );
  });

  it("could not run where the machine lacks what the runtime needs", async () => {
    const { trial } = watched();
    trial.deps.runtime.missing = async () => "no such program: apt-get install it";
    await expect(trial.run()).rejects.toThrow(CouldNotRunError);
    expect(trial.progress).toEqual([]);
  });
});

describe("a cluster that fails", () => {
  it("at its start: the reason is reported and the run is kept", async () => {
    const { trial, done } = watched();
    trial.deps.runtime.start = async () => {
      throw new CouldNotRunError("port 2379 is in use");
    };
    const { message, run } = await failure(trial);
    expect(message).toBe("port 2379 is in use");
    expect(run).toMatchObject({
      ended: message,
      verdict: "unknown",
      operations: { ok: 0, fail: 0, info: 0 },
    });
    expect(trial.stored).toEqual(run);
    expect(done).toEqual([]);
  });

  it("to become ready: reports the last lines of a node's log, and stops it", async () => {
    const { trial, done } = watched();
    trial.observe({ ready: async (node) => node !== "n2" });
    const { message } = await failure(trial);
    expect(message).toContain("never became ready: n2 (running) still not ready after 10 s");
    expect(message).toContain("n2: applied up to revision 0");
    expect(done).toEqual(["heal", "stop", "heal"]);
    expect(states(trial)).toEqual(down);
  });

  it("by a node that dies before it is ready: at once", async () => {
    const { trial } = watched();
    trial.observe({ ready: async () => false });
    trial.clock.after(1.5e9 as never, () => trial.system.nodes[1]?.crash());
    const { message, run } = await failure(trial);
    expect(message).toContain("node n2 exited unexpectedly");
    expect(run.seconds).toBeLessThan(2);
  });

  it("by a node that dies under load: healed, stopped, kept and judged", async () => {
    const { trial, done } = watched({ nemeses: ["partition"] });
    trial.clock.after(4.5e9 as never, () => trial.system.nodes[2]?.crash());
    const { message, run, dir } = await failure(trial);
    expect(message).toContain("node n3 exited unexpectedly. The last lines of its log:\nn3: applied");
    expect(run.ended).toBe(message);
    expect(run.operations.ok).toBeGreaterThan(100);
    expect(trial.stored).toEqual(run);
    expect(dir).toBe(`/results/${run.id}`);
    expect(done.at(-1)).toBe("heal");
    expect(done).toContain("stop");
    expectHealed(trial);
  });

  it("and broke a promise: the broken promise is what counts", async () => {
    const { trial } = watched({ memory: { bugs: ["lost-writes"] } });
    trial.clock.after(6e9 as never, () => trial.system.nodes[2]?.crash());
    const run = await trial.run();
    expect(run.verdict).toBe("invalid");
    expect(run.ended).toContain("node n3 exited unexpectedly");
  });
});

describe("a nemesis that fails", () => {
  const failing = (name: string, parts: Partial<Nemesis>): Nemesis => ({
    name,
    summary: "fails",
    requires: new Set(),
    inject: async () => undefined,
    ...parts,
  });

  it("to strike: what was struck with it is healed, the cluster stopped", async () => {
    const broken = failing("broken", {
      inject: async () => {
        throw new Error("docker is gone");
      },
    });
    const { trial, done } = watched({ nemeses: ["partition"] });
    const [partition] = trial.deps.nemeses.flat();
    const steps = [[partition as Nemesis, broken]];
    Object.assign(trial.deps, { nemeses: steps });
    const { message, run } = await failure(trial);
    expect(message).toBe("docker is gone");
    expect(run.operations.ok).toBeGreaterThan(50);
    expectHealed(trial);
    expect(done.slice(-3)).toEqual(["heal", "stop", "heal"]);
  });

  it("to heal: everything else is healed all the same", async () => {
    const stuck = failing("stuck", {
      inject: async () => ({
        summary: "stuck",
        nodes: [],
        proof: async () => "seen",
        heal: () => Promise.reject(new Error("will not heal")),
      }),
    });
    const { trial } = watched({ nemeses: ["pause-one"] });
    const [pause] = trial.deps.nemeses.flat();
    Object.assign(trial.deps, { nemeses: [[stuck, pause as Nemesis]] });
    const { message } = await failure(trial);
    expect(message).toBe("will not heal");
    expectHealed(trial);
    expect(states(trial)).toEqual(down);
  });
});

describe("a signal", () => {
  const abortIn = async (stage: Stage, seconds: number) => {
    const { trial, done } = watched({ nemeses: ["partition"] });
    const { onProgress } = trial.deps;
    trial.deps.onProgress = (progress) => {
      onProgress(progress);
      if (progress.type !== "stage" || progress.stage !== stage) return;
      trial.clock.after((seconds * 1e9) as never, () => trial.abort.abort(new Error("SIGINT")));
    };
    return { run: await trial.run(), trial, done };
  };

  it.each<[Stage, number]>([
    ["waiting", 0.1],
    ["main", 0],
    ["main", 3],
    ["quiet", 0.5],
    ["final", 0.005],
  ])("ends the run in %s after %d s: healed, stopped, judged", async (stage, seconds) => {
    const { run, trial, done } = await abortIn(stage, seconds);
    expect(run.ended).toBe("SIGINT");
    expect(trial.stored).toEqual(run);
    expect(states(trial)).toEqual(down);
    expect(done.slice(-3)).toEqual(["heal", "stop", "heal"]);
    expectHealed(trial);
  });

  it("before the start starts nothing", async () => {
    const { trial, done } = watched();
    trial.abort.abort(new Error("SIGTERM"));
    expect((await trial.run()).ended).toBe("SIGTERM");
    expect(done).toEqual([]);
  });

  it("during the check changes nothing", async () => {
    const { run } = await abortIn("checking", 0);
    expect(run.ended).toBeUndefined();
  });

  it("judges what there is", async () => {
    const { run, trial } = await abortIn("main", 6);
    // What its nodes hold at rest was never asked.
    const open = run.verdicts.filter(({ kind }) => kind !== "valid");
    expect(open.map(({ checker, kind }) => `${checker} ${kind}`)).toEqual([
      "convergence unknown",
      "run unknown",
    ]);
    expect(run.operations.ok).toBe(trial.events.filter(({ type }) => type === "ok").length);
    expect(run.operations.ok).toBeGreaterThan(100);
  });
});
