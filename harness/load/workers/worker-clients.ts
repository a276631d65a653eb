/** Clients in load workers: processes of their own, which can be paused, killed and cut off, and use more than one core. */
import { assert } from "../../../core/assert.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Fault } from "../../../core/fault.ts";
import { createRandom } from "../../../core/random.ts";
import type { Nanos } from "../../../core/time.ts";
import { wholeLoad } from "../../../workloads/workload.ts";
import { Supervisor } from "../../runtimes/process/supervisor.ts";
import type { ClientHost, Clients, ClientsContext, HostPlace, LoadFigures } from "../clients.ts";
import { type Numbering, numberProcesses } from "../numbering.ts";
import { LoadWorker } from "./load-worker.ts";

/** Faults that strike a worker's process, in any runtime. */
export const workerFaults: ReadonlySet<Fault> = new Set<Fault>(["client-pause", "client-kill"]);

/** `argv`: command line of a worker, which calls `serveParent`. */
export const workerClients = (count: number, argv: readonly string[], clock: Clock): ClientHost =>
  new Workers(count, argv, clock);

class Workers implements ClientHost {
  readonly faults = workerFaults;
  readonly #count: number;
  readonly #argv: readonly string[];
  readonly #clock: Clock;
  #supervisor: Supervisor | undefined;
  #workers: readonly LoadWorker[] = [];
  /** The clients that were made last: what the workers say is about them. */
  #context: ClientsContext | undefined;

  constructor(count: number, argv: readonly string[], clock: Clock) {
    this.#count = count;
    this.#argv = argv;
    this.#clock = clock;
  }

  get workers(): readonly LoadWorker[] {
    return this.#workers;
  }

  async prepare(place: HostPlace): Promise<void> {
    const supervisor = new Supervisor(`${place.runId}-clients`);
    this.#supervisor = supervisor;
    const names = Array.from({ length: this.#count }, (_, i) => `w${i + 1}`);
    this.#workers = names.map(
      (name) =>
        new LoadWorker({
          name,
          clock: this.#clock,
          supervisor,
          place,
          argv: this.#argv,
          onCounted: (counted) => this.#context?.records?.recorder.report(name, counted),
          onError: (reason) => this.#context?.onError(reason),
        }),
    );
    await Promise.all(this.#workers.map((worker) => worker.spawn()));
  }

  make(context: ClientsContext): Clients {
    this.#context = context;
    assert(this.#workers.length > 0, "workers before they were prepared");
    return new WorkerClients(context, this.#workers);
  }

  async close(): Promise<void> {
    this.#context = undefined;
    await this.#supervisor?.close();
  }
}

class WorkerClients implements Clients {
  readonly numbering: Numbering;
  readonly #context: ClientsContext;
  readonly #workers: readonly LoadWorker[];

  constructor(context: ClientsContext, workers: readonly LoadWorker[]) {
    const { workload, run, load, endpoints, seed } = context;
    this.#context = context;
    this.#workers = workers;
    const roles = workload.roles(run, createRandom(seed), wholeLoad);
    this.numbering = numberProcesses(roles, load, endpoints.length);
  }

  async open(): Promise<void> {
    const {
      clock: _,
      adapter,
      workload,
      records,
      connect,
      sources,
      onError: _onError,
      ...data
    } = this.#context;
    const { clock: _clock, ...credentials } = connect;
    await Promise.all(
      this.#workers.map((worker, index) =>
        worker.make({
          ...data,
          adapter: adapter.name,
          workload: workload.name,
          connect: {
            ...credentials,
            ...(sources?.[index] !== undefined && { localAddress: sources[index] }),
          },
          share: { index, of: this.#workers.length, generation: 0 },
          ...(records?.part !== undefined && { part: records.part(worker.name) }),
        }),
      ),
    );
  }

  start(begin: Nanos): void {
    Promise.all(this.#workers.map((worker) => worker.start(begin))).catch(this.#context.onError);
  }

  async succeeded(): Promise<number> {
    const each = await Promise.all(this.#workers.map((worker) => worker.succeeded()));
    return each.reduce((sum, one) => sum + one, 0);
  }

  async stop(): Promise<LoadFigures> {
    // A worker that failed has been reported; the figures of the others are kept.
    const stopped = await Promise.allSettled(this.#workers.map((worker) => worker.stop()));
    const results = stopped.flatMap((one) =>
      one.status === "fulfilled" && one.value !== undefined ? [one.value] : [],
    );
    return {
      unsent: results.flatMap(({ unsent }) => unsent),
      workers: results.map(({ figures }) => figures),
    };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#workers.map((worker) => worker.close()));
  }
}
