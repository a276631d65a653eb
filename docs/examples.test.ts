/** The whole example of docs/adding-a-workload.md, as a reader would copy it: it is the source, it compiles, runs and bites. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import type { Run } from "../core/run.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import type { Workload } from "../workloads/workload.ts";

const text = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

/** The blocks of code of a page. */
const blocksOf = async (page: string): Promise<string[]> =>
  [...(await text(page)).matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");

describe("the example of a workload", () => {
  let dir = "";
  let file = "";
  let workload: Workload;
  let blocks: string[] = [];
  beforeAll(async () => {
    blocks = await blocksOf("adding-a-workload.md");
    await mkdir("results", { recursive: true });
    dir = await mkdtemp(join("results", "docs-"));
    file = resolve(dir, "set.ts");
    // It stands in workloads/ in the page, and here one folder deeper.
    const code = (blocks[0] ?? "")
      .replaceAll('from "../', 'from "../../')
      .replaceAll('from "./', 'from "../../workloads/');
    await writeFile(file, code);
    ({ set: workload } = (await import(pathToFileURL(file).href)) as { set: Workload });
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("is the source, word for word, and so is its checker", async () => {
    expect(blocks).toEqual([
      await text("../workloads/set.ts"),
      await text("../checker/elements/set-checkers.ts"),
    ]);
  });

  it("compiles under the project's own settings", () => {
    const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");
    const program = ts.createProgram([file], { ...options, types: [], noEmit: true, incremental: false });
    const found = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  }, 120_000);

  const trial = (bugs: readonly MemoryBug[]): Promise<Run> =>
    new TestTrial({
      spec: { load: { kind: "open", rate: 100, processes: 9, seconds: 4 } },
      memory: { bugs },
      deps: { workload },
    }).run();

  it("is valid on a right system, and invalid on one that loses what it acknowledged", async () => {
    expect((await trial([])).verdict).toBe("valid");
    expect((await trial(["lost-writes"])).verdict).toBe("invalid");
  });
});
