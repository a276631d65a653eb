import { type ResourceLimits, Worker } from "node:worker_threads";

/** A thread of Node that answers one message at a time. Anything that ends it also ends the wait for its answer. */
export class Thread {
  readonly #worker: Worker;
  readonly #answers: unknown[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  /** `entry`: the program that the thread runs, in JavaScript: where this runs from a build, it is built as well. */
  constructor(entry: URL, resourceLimits: ResourceLimits) {
    this.#worker = new Worker(entry, { resourceLimits });
    this.#worker.on("message", (answer) => {
      this.#answers.push(answer);
      this.#wake();
    });
    this.#worker.on("error", (reason) => this.#fail(reason));
    this.#worker.on("messageerror", (reason) => this.#fail(reason));
    this.#worker.on("exit", (code) => this.#fail(new Error(`the thread exited with status ${code}`)));
  }

  send(message: unknown): void {
    this.#worker.postMessage(message);
  }

  /** The next message from the thread. Rejects where the thread fails or ends first. */
  async next(): Promise<unknown> {
    while (this.#answers.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#answers.shift();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason instanceof Error ? reason : new Error(String(reason));
    this.#wake();
  }
}
