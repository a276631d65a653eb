import type { Model } from "../../../checker/model.ts";
import { type ModelOptions, modelOf, models } from "../../../checker/models/index.ts";
import { assertFits, fittingModels } from "../../../checker/models/recognize.ts";
import { UsageError } from "../../../core/errors.ts";
import { type History, isInvocation } from "../../../core/history.ts";
import { lookUp } from "../options/arguments.ts";

/**
 * Picks the model to check a history against: the named one, or the only one that fits. Undefined if none is named and the
 * history has no operations. A UsageError if the named one does not fit, or if none or several fit; it lists those that do.
 */
export function modelFor(
  history: History,
  file: string,
  { model: named, ...options }: ModelOptions & { readonly model?: string },
): Model | undefined {
  if (named !== undefined) {
    lookUp(models, named, "model");
    assertFits(named, history, file);
    return modelOf(named, options);
  }
  const names = callNames(history);
  if (names.length === 0) return undefined;
  const [only, ...others] = fittingModels(history, file);
  const all = names.join(", ");
  if (only === undefined)
    throw new UsageError(`${file}: no model fits these operations (${all}) and their values`);
  if (others.length > 0) {
    throw new UsageError(
      `${file}: several models fit these operations (${all}); choose one with --model: ${[only, ...others].join(", ")}`,
    );
  }
  return modelOf(only, options);
}

/** Names of the operations in the history, each once, in quotes. */
function callNames(history: History): string[] {
  const names = new Set<string>();
  for (const event of history) if (isInvocation(event)) names.add(event.f);
  return [...names].map((name) => JSON.stringify(name));
}
