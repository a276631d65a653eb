/** The part of a fault that continues by itself after its injection, until the heal. */
export class Background {
  readonly #over = new AbortController();
  readonly #ended: Promise<void>;
  #failure: { readonly reason: unknown } | undefined;

  /** `run` ends when the signal is aborted, at the latest. */
  constructor(run: (signal: AbortSignal) => Promise<void>) {
    this.#ended = run(this.#over.signal).catch((reason: unknown) => {
      if (!this.#over.signal.aborted) this.#failure = { reason };
    });
  }

  /** Resolves when `run` has ended. Rejects if it had failed before. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#ended;
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}
