import type { TrialContext } from "./context.ts";

/** Puts the parts of the history together, in memory and in the run's directory. The load must be over. */
export async function gather({ dir, recorder }: Pick<TrialContext, "dir" | "recorder">): Promise<void> {
  recorder.adopt(await dir.parts());
  await dir.complete(recorder.history);
}
