import { readFile } from "node:fs/promises";
import type { RunContext } from "../../checker/checker.ts";
import { detectFormat, formats } from "../../checker/formats/index.ts";
import { linearizable } from "../../checker/linearizable.ts";
import { models } from "../../checker/models/index.ts";
import { runCheckers } from "../../checker/run-checkers.ts";
import { UsageError } from "../../core/errors.ts";
import type { Json } from "../../core/op.ts";
import type { Verdict } from "../../core/verdict.ts";
import { lookUp } from "./arguments.ts";
import type { CheckOptions } from "./check.ts";

/** A file with a history of anybody's, held against a model. */
export async function checkForeign(
  file: string,
  options: CheckOptions,
  limits: Omit<RunContext, "promises">,
): Promise<{ file: string; operations: number; verdicts: readonly Verdict[] }> {
  const model = lookUp(models, options.model, "model");
  const initial = options.initial === undefined ? undefined : initialValue(options.initial);
  const text = await readFile(file, "utf8");
  const format =
    options.format === undefined ? detectFormat(text, file) : lookUp(formats, options.format, "format");
  const history = format.parse(text, file);
  const checker = linearizable({
    model: model(initial === undefined ? {} : { initial }),
    whole: options.whole,
  });
  const verdicts = await runCheckers([checker], history, { ...limits, promises: "linearizable" });
  return { file, operations: history.filter(({ type }) => type === "invoke").length, verdicts };
}

function initialValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (reason) {
    throw new UsageError(
      `--initial ${text}: expected a value in JSON, such as 0 or '{"x":0}' (${(reason as Error).message})`,
    );
  }
}
