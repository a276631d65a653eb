/** Wraps a clean-up so that it runs only once and never rejects. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch(() => undefined);
    return done;
  };
}
