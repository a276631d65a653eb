/** Commands that pages and the nightly workflow name are commands that Assay takes: options and names are as they say. */
import { readdir, readFile } from "node:fs/promises";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Registries } from "../harness/cli/list.ts";
import { type BenchOptions, declareBenchOptions } from "../harness/cli/options/bench-options.ts";
import { withPreset } from "../harness/cli/options/presets.ts";
import { planRuns } from "../harness/cli/plan/plan.ts";
import { givenTo } from "../harness/cli/program.ts";
import { registries } from "../harness/cli/registries.ts";

const text = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

const stand: Readonly<Record<string, string>> = {
  NAME: "wrong-prev-kv",
  $version: "3.5.16",
  $seed: "1",
};

/** Words as a shell makes them, up to a comment or a redirection. Quotes are around whole words only. */
const wordsOf = (line: string): string[] => {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)];
  const end = words.findIndex(([, , , plain = ""]) => /^(#|>)/.test(plain));
  return words
    .slice(0, end < 0 ? undefined : end)
    .map(([, single, double, plain = ""]) => single ?? double ?? stand[plain] ?? plain);
};

/** The arguments of each bench in a page: in a block of its own, or in a line, where `npm run bench --` may be left out. */
function benchesOf(page: string): string[] {
  const lines = page.replaceAll(/\\\n\s*/g, " ").split("\n");
  return lines.flatMap((line) =>
    line
      .split("`")
      .filter((_, i, all) => all.length === 1 || i % 2 === 1)
      .flatMap((code) => {
        const [found, after = "", alone = after] =
          /^npm run bench(?: -- (.*))?$|^(--(?:system|workload) .*)$/.exec(code.trim()) ?? [];
        return found === undefined ? [] : [alone];
      }),
  );
}

/** Everything, on a machine that has it all. */
function all(own: Parameters<typeof registries>[0]): Registries {
  const known = registries(own);
  const installed = ["3.5.16", "3.4.23", "3.9.3", "3.8.0", "1.8.7"].map((version) => ({
    version,
    command: "/bin/true",
  }));
  const adapters = Object.entries(known.adapters).map(([name, adapter]) => [
    name,
    { ...adapter, deployment: { ...adapter.deployment, installed: async () => installed } },
  ]);
  const runtimes = Object.entries(known.runtimes).map(([name, runtime]) => [
    name,
    { ...runtime, missing: async () => undefined },
  ]);
  return { ...known, adapters: Object.fromEntries(adapters), runtimes: Object.fromEntries(runtimes) };
}

/** Rejects as the command would before it starts anything. */
async function plans(words: readonly string[]): Promise<number> {
  const command = declareBenchOptions(new Command("bench"))
    .exitOverride()
    .configureOutput({ writeErr() {} });
  const options = command.parse(words, { from: "user" }).opts<BenchOptions>();
  const own = options.endpoint === undefined ? {} : { endpoints: options.endpoint };
  const { second: _, ...asked } = withPreset({ options, given: givenTo(command) });
  return (await planRuns(asked, all(own))).length;
}

const pages = [
  "../README.md",
  ...(await readdir(new URL(".", import.meta.url))).filter((name) => name.endsWith(".md")),
];
const commands = (
  await Promise.all(
    pages.map(async (page) => benchesOf(await text(page)).map((line) => [page, line] as const)),
  )
).flat();

describe("a command of a page", () => {
  it("is found wherever it stands", () => {
    const page =
      "npm run bench\n```\nnpm run bench -- --nodes 5   # five\n```\n| `a` | `npm run bench -- --seed 1`, or `--system etcd` |";
    expect(benchesOf(page)).toEqual(["", "--nodes 5   # five", "--seed 1", "--system etcd"]);
    expect(commands.length).toBeGreaterThan(35);
  });

  it.each(commands)("of %s is taken: %s", async (_, line) => {
    expect(await plans(wordsOf(line))).toBeGreaterThan(0);
  });
});

interface Trial {
  readonly system: string;
  readonly workload: string;
}

interface Matrix extends Readonly<Record<keyof Trial, readonly string[]>> {
  readonly exclude: readonly Trial[];
  readonly include: readonly Trial[];
}

const isSame = (one: Trial, other: Trial) => one.system === other.system && one.workload === other.workload;

describe("the nightly workflow", async () => {
  const { jobs } = parse(await text("../.github/workflows/nightly.yml"));
  const { system, workload, exclude, include }: Matrix = jobs.trial.strategy.matrix;
  const product = system.flatMap((one) => workload.map((other) => ({ system: one, workload: other })));
  const pairs = [...product.filter((one) => !exclude.some((other) => isSame(one, other))), ...include];
  const { run } =
    (jobs.trial.steps as { name?: string; run?: string }[]).find(({ name }) => name === "trial") ?? {};

  it.each(pairs)("runs a trial that is taken: $system, $workload", async (pair) => {
    const [, line] = /bench -- (.*)/.exec(run ?? "") ?? [];
    const filled = (line ?? "").replace(
      /\$\{\{ matrix\.(system|workload) \}\}/g,
      (_, name: keyof typeof pair) => pair[name],
    );
    expect(filled).toContain(pair.workload);
    expect(await plans(wordsOf(filled))).toBe(1);
  });
});
