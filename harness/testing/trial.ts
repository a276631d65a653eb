/** What tests of the harness share: a trial of the in-memory system in virtual time, and a store that keeps its records. */
import type { Observer } from "../../adapters/client/observer.ts";
import { memoryAdapter } from "../../adapters/memory/adapter.ts";
import { type MemoryOptions, MemorySystem } from "../../adapters/memory/system.ts";
import type { ReadPromise } from "../../core/consistency.ts";
import type { HistoryEvent } from "../../core/history.ts";
import { createRandom } from "../../core/random.ts";
import type { Run } from "../../core/run.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { register } from "../../workloads/register.ts";
import { noProbe } from "../load/client-probe.ts";
import { localClients } from "../load/local-clients.ts";
import { parseNemeses } from "../nemesis/registry.ts";
import type { RunStore } from "../record/store.ts";
import { memoryRuntime } from "../runtimes/memory.ts";
import type { Progress } from "../trial/progress.ts";
import { type TrialDeps, type TrialSpec, trialDefaults } from "../trial/spec.ts";
import { runTrial } from "../trial/trial.ts";

interface TrialOptions {
  readonly spec?: Partial<TrialSpec>;
  readonly deps?: Partial<TrialDeps>;
  readonly memory?: Partial<MemoryOptions>;
  readonly nemeses?: readonly string[];
}

/** A trial that was made ready and not begun: its pieces may be looked at, and replaced by `deps`. */
export class TestTrial {
  readonly clock = new VirtualClock();
  readonly events: HistoryEvent[] = [];
  readonly progress: Progress[] = [];
  readonly abort = new AbortController();
  readonly system: MemorySystem;
  readonly spec: TrialSpec;
  readonly deps: TrialDeps;
  stored: Run | undefined;
  latencyLog = "";

  constructor({ spec, deps, memory, nemeses = [] }: TrialOptions = {}) {
    const seed = spec?.seed ?? 1;
    const nodes = spec?.nodes ?? trialDefaults.nodes;
    const random = createRandom(seed).fork("system");
    const defaults = { latencyMs: { min: 0.2, max: 1 }, electionMs: 300 };
    this.system = new MemorySystem({ clock: this.clock, random, nodes, ...defaults, ...memory });
    this.spec = {
      ...trialDefaults,
      load: { kind: "open", rate: 500, processes: 12, seconds: 30 },
      warmUpSeconds: 0,
      seed,
      readMode: "linearizable",
      workloadOptions: {},
      connect: {},
      cluster: { program: undefined, version: "1", extraArgs: [] },
      options: {},
      command: "test",
      ...spec,
    };
    this.deps = {
      adapter: memoryAdapter(this.system),
      runtime: memoryRuntime(this.system),
      workload: register,
      nemeses: parseNemeses(nemeses),
      clock: this.clock,
      store: this.#store(),
      clients: localClients(noProbe),
      machine: { cpu: "test", cores: 1, memoryBytes: 1, os: "test", node: "test" },
      assay: { version: "0.0.0" },
      onProgress: (progress) => this.progress.push(progress),
      signal: this.abort.signal,
      ...deps,
    };
  }

  /** What the harness hears of the nodes from now on, in place of the truth. */
  observe(answers: Partial<Pick<Observer, "leader" | "ready">>): void {
    const { adapter } = this.deps;
    const { observe } = adapter;
    adapter.observe = (endpoints, options) => ({ ...observe(endpoints, options), ...answers });
  }

  /** What the run's read mode promises, in place of the in-memory system's own promise. */
  promise(promise: ReadPromise): void {
    const { adapter } = this.deps;
    const reads = { ...adapter.promises.reads, [this.spec.readMode]: promise };
    Object.assign(adapter, { promises: { reads } });
  }

  /** Runs it to its end, in virtual time. */
  run(): Promise<Run> {
    return this.clock.run(() => runTrial(this.spec, this.deps));
  }

  #store(): RunStore {
    return {
      create: async (id) => ({
        id,
        path: `/results/${id}`,
        dataDir: "/data",
        logDir: "/logs",
        append: (event) => this.events.push(event),
        part: (name) => `/parts/${name}`,
        parts: async () => [],
        complete: async () => {},
        describe: async () => {},
        usage: () => {},
        flush: () => {},
        finish: async (run, latencyLog) => {
          this.stored = run;
          this.latencyLog = latencyLog;
        },
      }),
    };
  }
}
