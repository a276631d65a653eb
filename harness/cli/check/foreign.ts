import type { Checker } from "../../../checker/checker.ts";
import { convergence } from "../../../checker/convergence/convergence.ts";
import { registersAtRest } from "../../../checker/convergence/registers.ts";
import { elementsAtRest } from "../../../checker/elements/elements-at-rest.ts";
import { enoughOperations, enoughToJudge } from "../../../checker/enough-operations.ts";
import type { ReadHistory } from "../../../checker/formats/format.ts";
import { detectFormat, formats } from "../../../checker/formats/index.ts";
import { linearizable } from "../../../checker/linearizability/linearizable.ts";
import type { Model } from "../../../checker/model.ts";
import type { ModelOptions } from "../../../checker/models/index.ts";
import { initialHint } from "../../../checker/models/initial-hint.ts";
import { promisesIn } from "../../../checker/watches/promises.ts";
import { watchCheckers } from "../../../checker/watches/watch-checkers.ts";
import { parseExactJson } from "../../../core/codec/exact-json.ts";
import { UsageError } from "../../../core/errors.ts";
import { type History, isInvocation } from "../../../core/history.ts";
import { fileSource } from "../../record/file-source.ts";
import { HeapGuard } from "../../record/heap-guard.ts";
import { lookUp } from "../options/arguments.ts";
import type { Case, CheckOptions } from "./case.ts";
import { modelFor } from "./fits.ts";
import { countsOf, setAside } from "./understood.ts";

/** Reads a history file of any known format, to be checked against a model. */
export async function readForeign(file: string, options: CheckOptions): Promise<Case> {
  const initial = initialOf(options.initial);
  const guard = new HeapGuard(options.memoryLimit * 2 ** 20);
  const source = await fileSource(file, { guard });
  const format =
    options.format === undefined ? detectFormat(source) : lookUp(formats, options.format, "format");
  const fail = options.fail === undefined ? {} : { fail: options.fail };
  const read = await readable(file, () => format.read(source, fail));
  const { history, truncated, notes } = read;
  if (options.model === undefined && asks(history, "watch")) return watchCase(file, format.name, read);
  const named = options.model === undefined ? {} : { model: options.model };
  const own = read.initial === undefined ? {} : { initial: read.initial };
  const model = modelFor(history, file, { ...named, ...(initial ?? own) });
  const atRest = setAside(history);
  return {
    file,
    ...(initial === undefined && { hintOf: () => initialHint(history) }),
    history,
    truncated,
    checkers: model === undefined ? [] : checkersFor(model, atRest.length > 0, options),
    words: model ?? {},
    promises: "linearizable",
    known: [],
    understood: {
      format: format.name,
      ...(model !== undefined && { model: model.name }),
      ...countsOf(history),
      notes: [...notes, ...atRest],
    },
  };
}

const asks = (history: History, f: string): boolean =>
  history.some((event) => isInvocation(event) && event.f === f);

/** A history of watches is held against its own writes: there is no model to choose. */
const watchCase = (file: string, format: string, { history, truncated, notes }: ReadHistory): Case => ({
  file,
  history,
  truncated,
  checkers: [
    ...watchCheckers({ watches: promisesIn(history), readsPast: asks(history, "read-at") }),
    enoughOperations({ needs: { watch: 1 } }),
  ],
  words: {},
  promises: "linearizable",
  known: [],
  understood: { format, workload: "watch", ...countsOf(history), notes: [...notes, ...setAside(history)] },
});

/** `askedAtRest`: whether the run, although killed, got as far as the reads at rest. */
function checkersFor(model: Model, askedAtRest: boolean, { whole }: CheckOptions): Checker[] {
  const judge = model.set === undefined ? registersAtRest : elementsAtRest;
  const rest = askedAtRest ? [convergence({ judge })] : [];
  return [linearizable({ model, whole }), ...rest, enoughToJudge(model)];
}

/** Turns errors that no format handles into sentences: a value nested too deeply, a line too long for a string. */
async function readable(file: string, read: () => Promise<ReadHistory>): Promise<ReadHistory> {
  try {
    return await read();
  } catch (reason) {
    if (!(reason instanceof RangeError)) throw reason;
    throw new UsageError(
      /call stack/.test(reason.message)
        ? `${file}: a value is nested too deeply to read`
        : `${file}: a line or a value is longer than 512 MiB, the longest string that Node.js can hold`,
    );
  }
}

/** Undefined if no option was given. */
function initialOf(text: string | undefined): ModelOptions | undefined {
  if (text === undefined) return undefined;
  if (text === "unknown") return { initialUnknown: true };
  try {
    return { initial: parseExactJson(text) };
  } catch (reason) {
    throw new UsageError(
      `--initial ${text}: expected a JSON value such as 0 or '{"x":0}', or unknown (${(reason as Error).message})`,
    );
  }
}
