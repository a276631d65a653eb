/** A clean-up that runs once however often it is asked for, and never rejects. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch(() => undefined);
    return done;
  };
}
