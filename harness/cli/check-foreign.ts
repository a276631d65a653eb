import { readFile } from "node:fs/promises";
import type { RunContext } from "../../checker/checker.ts";
import { linearizable } from "../../checker/linearizable.ts";
import { register } from "../../checker/models/register.ts";
import { runCheckers } from "../../checker/run-checkers.ts";
import { UsageError } from "../../core/errors.ts";
import { decodeHistory } from "../../core/history-codec.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { CheckOptions } from "./check.ts";

/** A file with a history, held against a model. */
export async function checkForeign(
  file: string,
  options: CheckOptions,
  limits: Omit<RunContext, "promises">,
): Promise<{ file: string; operations: number; verdicts: readonly Verdict[] }> {
  const history = decodeHistory(await readFile(file, "utf8"), file);
  if (options.model !== "register") throw new UsageError(`no model is called "${options.model}"`);
  const verdicts = await runCheckers([linearizable({ model: register() })], history, {
    ...limits,
    promises: "linearizable",
  });
  return { file, operations: history.filter(({ type }) => type === "invoke").length, verdicts };
}
