import type { History } from "../../core/history.ts";
import { models } from "./index.ts";

/**
 * The names of the models that fit the operations of a history: those that know each of its operations, and can read the
 * values of all of them. `cas-register` is another name of `register`, and left out. Throws a UsageError where the
 * operations are of a known kind that no model judges.
 */
export function fittingModels(history: History): string[] {
  const names = callNames(history);
  return Object.entries(models)
    .filter(([name]) => name !== "cas-register")
    .filter(([, make]) => names.every((f) => make().calls.includes(f)))
    .map(([name]) => name);
}

/** The names of the operations, each once. */
function callNames(history: History): string[] {
  const names = new Set<string>();
  for (const event of history) if (event.process !== "nemesis" && event.type === "invoke") names.add(event.f);
  return [...names];
}
