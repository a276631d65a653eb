/** The whole example of docs/adding-a-workload.md, as a reader would copy it: it compiles, runs and bites. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/system.ts";
import type { Consistency } from "../core/consistency.ts";
import type { Run } from "../core/run.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import type { Workload } from "../workloads/workload.ts";

/** The first block of code of a page that exports something. */
async function exampleOf(page: string): Promise<string> {
  const text = await readFile(new URL(page, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");
  const found = blocks.find((code) => code.includes("export const"));
  if (found === undefined) throw new Error(`${page} has no example`);
  return found;
}

describe("the example of a workload", () => {
  let dir = "";
  let file = "";
  let workload: Workload;
  beforeAll(async () => {
    await mkdir("results", { recursive: true });
    dir = await mkdtemp(join("results", "docs-"));
    file = resolve(dir, "key-set.ts");
    // It stands in workloads/ in the page, and here one folder deeper.
    const code = (await exampleOf("adding-a-workload.md"))
      .replaceAll('from "../', 'from "../../')
      .replaceAll('from "./', 'from "../../workloads/');
    await writeFile(file, code);
    ({ keySetWorkload: workload } = (await import(pathToFileURL(file).href)) as { keySetWorkload: Workload });
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("compiles under the project's own settings", () => {
    const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");
    const program = ts.createProgram([file], { ...options, types: [], noEmit: true, incremental: false });
    const found = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  }, 120_000);

  /** Local reads under a promise, with a node that is cut off. */
  async function trial(
    promise: Consistency,
    readMode: string,
    bugs: readonly MemoryBug[] = [],
  ): Promise<Run> {
    const made = new TestTrial({
      nemeses: ["partition-follower"],
      spec: {
        readMode,
        load: { kind: "open", rate: 100, processes: 9, seconds: 8 },
        faultSeconds: { min: 3, max: 3 },
        gapSeconds: { min: 1, max: 1 },
      },
      memory: { bugs },
      deps: { workload },
    });
    Object.assign(made.deps.adapter, { promises: { reads: { [readMode]: { consistency: promise } } } });
    return made.run();
  }

  const kinds = ({ verdicts }: Run) =>
    Object.fromEntries(verdicts.map(({ checker, kind }) => [checker, kind]));

  it("is valid where lists are fresh, and where old ones are allowed", async () => {
    expect((await trial("linearizable", "linearizable")).verdict).toBe("valid");
    for (const promise of ["stale", "stale-monotonic", "sequential"] as const) {
      const run = await trial(promise, "local");
      expect(kinds(run)).toMatchObject({ linearizable: "valid", "past-reads": "valid" });
      expect(run.verdict).toBe("valid");
    }
  });

  it("is invalid where lists are old and should be fresh", async () => {
    const run = await trial("linearizable", "local");
    expect(kinds(run)).toMatchObject({ linearizable: "invalid" });
  });

  it("is invalid where an acknowledged add is lost, in every read mode", async () => {
    for (const promise of ["linearizable", "sequential"] as const) {
      const run = await trial(promise, promise === "linearizable" ? promise : "local", ["lost-writes"]);
      expect(run.verdict).toBe("invalid");
    }
  });
});
