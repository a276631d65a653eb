import { assert } from "../../../core/assert.ts";
import { type Nanos, nanos } from "../../../core/time.ts";
import type { Worker } from "../clients.ts";
import type { ShareResult, ShareSpec } from "./protocol.ts";
import { type ProcessOptions, WorkerProcess } from "./worker-process.ts";

/** Who does a share of the load, through all the processes that are killed on the way. */
export class LoadWorker implements Worker {
  readonly name: string;
  readonly #options: ProcessOptions;
  #process: WorkerProcess | undefined;
  #state: ReturnType<Worker["state"]> = "killed";
  #spec: ShareSpec | undefined;
  #begin: Nanos | undefined;
  #killedAt = nanos(0);

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get address(): string | undefined {
    return this.#spec?.connect.localAddress;
  }

  state(): ReturnType<Worker["state"]> {
    return this.#state;
  }

  async spawn(): Promise<void> {
    this.#process = await WorkerProcess.start(this.#options);
    this.#state = "running";
  }

  /** Makes the clients of the share and connects some of them. */
  async make(spec: ShareSpec): Promise<void> {
    this.#spec = spec;
    this.#begin = undefined;
    await this.#running.ask({ do: "make", spec });
  }

  async start(begin: Nanos): Promise<void> {
    this.#begin = begin;
    await this.#running.ask({ do: "start", begin, from: begin });
  }

  succeeded(): Promise<number> {
    return this.#running.ask({ do: "succeeded" });
  }

  /** Resolves with undefined if it is killed. */
  async stop(): Promise<ShareResult | undefined> {
    // Whoever is killed from now on is replaced by nobody.
    this.#begin = undefined;
    await this.#wake();
    return this.#state === "killed" ? undefined : await this.#running.ask({ do: "stop" });
  }

  async close(): Promise<void> {
    await this.#wake();
    if (this.#state !== "killed") await this.#running.ask({ do: "close" });
  }

  async pause(): Promise<string> {
    await this.#mayStop(true);
    this.#state = "paused";
    return await this.#running.pause();
  }

  async resume(): Promise<void> {
    if (this.#state !== "paused") return;
    await this.#running.resume();
    this.#state = "running";
    await this.#mayStop(false);
  }

  async kill(): Promise<string> {
    this.#state = "killed";
    this.#killedAt = this.#options.clock.now();
    return await this.#running.kill();
  }

  async replace(): Promise<void> {
    const [spec, begin] = [this.#spec, this.#begin];
    if (this.#state !== "killed" || spec === undefined || begin === undefined) return;
    await this.spawn();
    const generation = spec.share.generation + 1;
    const part = spec.part?.replace(/(-\d+)?\.jsonl$/, `-${generation + 1}.jsonl`);
    await this.make({ ...spec, share: { ...spec.share, generation }, ...(part !== undefined && { part }) });
    this.#begin = begin;
    await this.#running.ask({ do: "start", begin, from: this.#killedAt });
  }

  /** Lets the process run, no matter who stopped it: one that is stopped answers nothing. */
  async #wake(): Promise<void> {
    await this.resume();
    if (this.#state === "running") await this.#running.resume();
  }

  /** Tells the clients, if there are any. */
  async #mayStop(may: boolean): Promise<void> {
    if (this.#spec !== undefined) await this.#running.ask({ do: "may-stop", may });
  }

  get #running(): WorkerProcess {
    assert(this.#process !== undefined, `${this.name} was not spawned`);
    return this.#process;
  }
}
