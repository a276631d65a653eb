/** The trial was stopped by a signal, which is not a failure. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Early end of a trial: by the caller's signal, or by a failure that a watcher reports. The first one wins. */
export class TrialEnd {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    if (outer.aborted) this.#interrupt();
    else outer.addEventListener("abort", this.#interrupt, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly fail = (reason: unknown): void => this.#controller.abort(reason);

  /** Stops listening to the caller's signal. */
  dispose(): void {
    this.#outer.removeEventListener("abort", this.#interrupt);
  }

  readonly #interrupt = (): void => {
    const { reason } = this.#outer;
    const why = reason instanceof Error && reason.name !== "AbortError" ? reason.message : reason;
    this.fail(new InterruptedError(typeof why === "string" ? why : "interrupted"));
  };
}
