import { setImmediate } from "node:timers/promises";

/** Takes a step at each turn of the event loop, so that long work keeps nobody waiting; undefined where `isOver` before it is done. */
export async function inTurns<T>(steps: Generator<void, T>, isOver: () => boolean): Promise<T | undefined> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    await setImmediate();
    if (isOver()) return undefined;
  }
}
