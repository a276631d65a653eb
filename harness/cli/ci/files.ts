import { writeFile } from "node:fs/promises";
import { UsageError } from "../../../core/errors.ts";
import type { BenchResult } from "../results/json-result.ts";
import { junitOf } from "./junit.ts";
import { markdownOf } from "./markdown.ts";
import type { ResultOptions } from "./result-options.ts";

/** The files for CI that the options ask for. Each is created now, so that an impossible path is refused before anything runs. */
export async function ciFiles({ markdown, junit }: ResultOptions) {
  const asked = [
    { path: markdown, option: "--markdown", render: markdownOf },
    { path: junit, option: "--junit", render: junitOf },
  ].flatMap(({ path, ...file }) => (path === undefined ? [] : [{ path, ...file }]));
  for (const { path, option } of asked)
    await writeFile(path, "").catch((reason: Error) => {
      throw new UsageError(`cannot write ${option} ${path}: ${reason.message}`);
    });
  return {
    /** `ended`: why the command ended early, after the runs of the result. */
    async write(result: BenchResult, ended?: string): Promise<void> {
      for (const { path, render } of asked) await writeFile(path, render(result, ended));
    },
  };
}
