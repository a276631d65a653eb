import { readFile } from "node:fs/promises";
import { detectFormat, formats } from "../../checker/formats/index.ts";
import { linearizable } from "../../checker/linearizable.ts";
import { models } from "../../checker/models/index.ts";
import { UsageError } from "../../core/errors.ts";
import type { Json } from "../../core/op.ts";
import { lookUp } from "./arguments.ts";
import type { Case, CheckOptions } from "./check.ts";
import { assertFits } from "./check-fits.ts";

/** A file with a history of anybody's, held against a model. */
export async function readForeign(file: string, options: CheckOptions): Promise<Case> {
  const makeModel = lookUp(models, options.model, "model");
  const initial = options.initial === undefined ? undefined : initialValue(options.initial);
  const text = await readFile(file, "utf8");
  const format =
    options.format === undefined ? detectFormat(text, file) : lookUp(formats, options.format, "format");
  const history = format.parse(text, file);
  const truncated = format.isTruncated?.(text) ?? false;
  const model = makeModel(initial === undefined ? {} : { initial });
  assertFits(model, history, file);
  const checker = linearizable({ model, whole: options.whole });
  return { file, history, truncated, checkers: [checker], promises: "linearizable", known: [] };
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
