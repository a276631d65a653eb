import type { Model } from "../../../checker/model.ts";
import { type ModelOptions, modelOf, models } from "../../../checker/models/index.ts";
import { assertFits, fittingModels } from "../../../checker/models/recognize.ts";
import { UsageError } from "../../../core/errors.ts";
import { type History, isInvocation } from "../../../core/history.ts";
import { lookUp } from "../arguments.ts";

/**
 * The model that a history is held against: the one that is named, or the only one that fits. Undefined where none is named
 * and there is nothing to hold against one. A UsageError where the named one does not fit, or where none or several do: it
 * names those that would.
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
  const all = names.length === 1 ? names[0] : `all of ${names.join(", ")}`;
  if (only === undefined) throw new UsageError(`${file}: no model knows ${all} with values like these`);
  if (others.length > 0) {
    throw new UsageError(
      `${file}: several models know ${all} with values like these; name one with --model: ${[only, ...others].join(", ")}`,
    );
  }
  return modelOf(only, options);
}

/** What the history's clients asked for, each name once, in quotes. */
function callNames(history: History): string[] {
  const names = new Set<string>();
  for (const event of history) if (isInvocation(event)) names.add(event.f);
  return [...names].map((name) => JSON.stringify(name));
}
