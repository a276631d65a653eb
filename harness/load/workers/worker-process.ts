/** The process of a load worker, seen from the run's. */
import { join } from "node:path";
import type { Clock } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Counted } from "../../record/recorder.ts";
import { untilState } from "../../runtimes/process/identity.ts";
import { logTail } from "../../runtimes/process/log-tail.ts";
import type { MessagedChild, Supervisor } from "../../runtimes/process/supervisor.ts";
import type { HostPlace } from "../clients.ts";
import type { Answers, Command, Report } from "./protocol.ts";

export interface ProcessOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly place: HostPlace;
  /** Command line of a worker. */
  readonly argv: readonly string[];
  onCounted(counted: Counted): void;
  /** The process ended although nobody killed it, or met a bug of ours. */
  onError(reason: CouldNotRunError): void;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

export class WorkerProcess {
  readonly #options: ProcessOptions;
  readonly #child: MessagedChild;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #mayEnd = false;
  #ended: CouldNotRunError | undefined;

  private constructor(child: MessagedChild, options: ProcessOptions) {
    this.#child = child;
    this.#options = options;
    child.onMessage((report) => this.#hear(report as Report));
    void child.exited.then((exit) => this.#end(exit));
  }

  /** Resolves when the process exists. Rejects with CouldNotRunError if it cannot be started. */
  static async start(options: ProcessOptions): Promise<WorkerProcess> {
    const { supervisor, argv } = options;
    return new WorkerProcess(await supervisor.spawnMessaged(argv, { logFile: logOf(options) }), options);
  }

  /** Resolves with the answer. Rejects with CouldNotRunError if the worker ends first or fails to do it. */
  ask<D extends Command["do"]>(command: Command & { readonly do: D }): Promise<Answers[D]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#asked;
    return new Promise<Answers[D]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ ...command, id });
    });
  }

  /** Resolves with the proof when the process is stopped. */
  async pause(): Promise<string> {
    this.#child.signal("SIGSTOP");
    await this.#until((state) => state === "T");
    return `process ${this.#child.pid} is stopped (state T)`;
  }

  async resume(): Promise<void> {
    this.#child.signal("SIGCONT");
    await this.#until((state) => state !== "T");
  }

  /** Resolves with the proof when the process is gone. */
  async kill(): Promise<string> {
    this.#mayEnd = true;
    this.#child.signal("SIGKILL");
    const exit = await this.#child.exited;
    return `process ${this.#child.pid} ended by ${exit} and is gone`;
  }

  async #until(reached: (state: string) => boolean): Promise<void> {
    const { name, clock } = this.#options;
    await untilState({ pid: this.#child.pid, name, clock }, reached);
  }

  #hear(report: Report): void {
    if ("counted" in report) this.#options.onCounted(report.counted);
    else if ("failure" in report) this.#options.onError(this.#error(`failed: ${report.failure}`));
    else {
      const waiting = this.#waiting.get(report.id);
      this.#waiting.delete(report.id);
      if ("error" in report) waiting?.reject(this.#error(`failed: ${report.error}`));
      else waiting?.resolve(report.answer as never);
    }
  }

  async #end(exit: string): Promise<void> {
    const words = this.#mayEnd ? "" : await logTail(logOf(this.#options), 5);
    this.#ended = this.#error(`ended (${exit})${words === "" ? "" : `: ${words}`}`);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
    if (!this.#mayEnd) this.#options.onError(this.#ended);
  }

  #error(what: string): CouldNotRunError {
    return new CouldNotRunError(`the load worker ${this.#options.name} ${what}`);
  }
}

const logOf = ({ name, place }: Pick<ProcessOptions, "name" | "place">): string =>
  join(place.logDir, `${name}.log`);
