import { readFile } from "node:fs/promises";
import { textSource } from "../../checker/formats/format.ts";
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
  const source = textSource(text, file);
  const format =
    options.format === undefined ? detectFormat(source) : lookUp(formats, options.format, "format");
  const { history, truncated } = await format.read(source);
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
