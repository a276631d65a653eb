/** Before the load: puts in place what it will find. */
import { CouldNotRunError } from "../../core/errors.ts";
import type { Call, Outcome } from "../../core/op.ts";
import type { Growth } from "../../core/run.ts";
import { count } from "../../core/wording.ts";
import type { ClientProcess } from "../load/client-process.ts";
import type { Preload } from "../load/last-readers.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** A call that was refused is made again, this often in all. */
const attemptsMost = 5;

/** Performs all calls, once each; refused ones again. Rejects with CouldNotRunError where one is refused to the end. */
export async function putInPlace(
  { deps, end }: Pick<TrialContext, "deps" | "end">,
  preloads: readonly Preload[],
): Promise<void> {
  let unknown = 0;
  try {
    for (const { preloaders, calls } of preloads) {
      const waiting = [...calls].reverse();
      const perform = async (process: ClientProcess) => {
        for (let call = waiting.pop(); call !== undefined && !end.signal.aborted; call = waiting.pop())
          if ((await performed(process, call)).type === "info") unknown++;
      };
      await Promise.all(preloaders.map(perform));
    }
  } finally {
    await Promise.all(preloads.flatMap(({ preloaders }) => preloaders.map((process) => process.close())));
  }
  end.signal.throwIfAborted();
  if (unknown > 0)
    deps.onProgress({
      type: "log",
      line: `${count(unknown, "write")} before the load had no answer: what they wrote may be missing`,
    });
}

/** One that had no answer is not repeated: it may still take effect, and would do so twice. */
async function performed(process: ClientProcess, call: Call): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await process.perform(call, { whileRefused: "wait" });
    if (outcome.type !== "fail") return outcome;
    if (attempt === attemptsMost)
      throw new CouldNotRunError(
        `${call.f} ${call.key ?? ""} before the load was refused ${attemptsMost} times by ${process.node}: ${outcome.error.message}`,
      );
  }
}

/** What all nodes grow by while `put` puts `preloads` in place; undefined if the use of one of them is not known. */
export async function growthOf(
  nodes: readonly Pick<ClusterNode, "usage">[],
  preloads: readonly Pick<Preload, "calls">[],
  put: () => Promise<void>,
): Promise<Growth | undefined> {
  const before = await usageOf(nodes);
  await put();
  const after = await usageOf(nodes);
  if (before === undefined || after === undefined) return undefined;
  return {
    keys: new Set(preloads.flatMap(({ calls }) => calls.flatMap(({ key }) => key ?? []))).size,
    memoryBytes: after.memoryBytes - before.memoryBytes,
    diskBytes: after.diskBytes - before.diskBytes,
  };
}

/** Adds up what all nodes use; undefined if one does not say. */
async function usageOf(nodes: readonly Pick<ClusterNode, "usage">[]) {
  const used = await Promise.all(nodes.map((node) => node.usage().catch(() => undefined)));
  const known = used.filter((one) => one !== undefined);
  if (known.length < nodes.length) return undefined;
  return {
    memoryBytes: known.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    diskBytes: known.reduce((sum, { diskBytes }) => sum + diskBytes, 0),
  };
}
