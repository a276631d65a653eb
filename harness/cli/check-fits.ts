import type { Model } from "../../checker/model.ts";
import { type ModelOptions, modelOf, models } from "../../checker/models/index.ts";
import { fittingModels } from "../../checker/models/recognize.ts";
import { UsageError } from "../../core/errors.ts";
import type { History } from "../../core/history.ts";

/**
 * The model that a history is held against: the one that is named, or the only one that fits. A UsageError where the named
 * one does not fit, or where none or several do: it names those that would.
 */
export function modelFor(
  history: History,
  file: string,
  { model: named, ...options }: ModelOptions & { readonly model?: string },
): Model {
  if (named !== undefined && !Object.hasOwn(models, named)) return modelOf(named);
  const fitting = fittingOf(history, file);
  if (named !== undefined) {
    if (!fitting.includes(plainName(named)))
      throw new UsageError(`${file}: ${misfit(named, history, fitting)}`);
    return modelOf(named, options);
  }
  const [only, ...others] = fitting;
  if (only === undefined) throw new UsageError(`${file}: no model judges ${asked(history)}`);
  if (others.length > 0) {
    throw new UsageError(
      `${file}: several models fit ${asked(history)}; name one with --model: ${fitting.join(", ")}`,
    );
  }
  return modelOf(only, options);
}

function fittingOf(history: History, file: string): string[] {
  try {
    return fittingModels(history);
  } catch (reason) {
    // Of the operations: which file they are from is known here.
    if (!(reason instanceof UsageError) || reason.message.startsWith(file)) throw reason;
    throw new UsageError(`${file}: ${reason.message}`);
  }
}

/** `cas-register` is another name. */
const plainName = (name: string): string => (name === "cas-register" ? "register" : name);

function misfit(named: string, history: History, fitting: readonly string[]): string {
  const { calls } = modelOf(named);
  const unknown = callNames(history).find((f) => !calls.includes(f));
  const why =
    unknown === undefined
      ? `the model ${named} cannot read the values of this history`
      : `the model ${named} does not know the operation ${JSON.stringify(unknown)}`;
  return fitting.length === 0
    ? `${why}; no model judges ${asked(history)}`
    : `${why}; name one that fits with --model: ${fitting.join(", ")}`;
}

/** `a history of "read" and "write"` */
function asked(history: History): string {
  const names = callNames(history).map((f) => JSON.stringify(f));
  const last = names.at(-1);
  if (last === undefined) return "a history without operations";
  return `a history of ${names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`}`;
}

/** What the history's clients asked for, each name once. */
function callNames(history: History): string[] {
  const names = new Set<string>();
  for (const event of history) if (event.process !== "nemesis" && event.type === "invoke") names.add(event.f);
  return [...names];
}
