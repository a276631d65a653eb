/** The package, as somebody gets it who installs it in an empty folder. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireOrSkip } from "../core/testing/require-or-skip.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const chromiumPath = "/usr/bin/chromium";
const folder = mkdtempSync(join(tmpdir(), "assay-package-"));

/** Runs a command in the folder; resolves with its standard output. */
async function run(command: string, args: readonly string[], cwd = folder): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 });
  return stdout;
}

/** Judges a stale read, and one that is not. */
const consumer = `
import { linearizable, models } from "assay/checker";

const judge = async (read) => {
  const history = [
    { index: 0, time: 0, type: "invoke", process: 0, f: "write", key: "x", value: 1 },
    { index: 1, time: 10, type: "ok", process: 0, f: "write", key: "x", value: 1 },
    { index: 2, time: 20, type: "invoke", process: 1, f: "read", key: "x" },
    { index: 3, time: 30, type: "ok", process: 1, f: "read", key: "x", value: read },
  ];
  const verdict = await linearizable({ model: models.register() }).check(history, {
    promises: "linearizable",
    threads: 1,
    timeLimitSeconds: 10,
    memoryLimitBytes: 2 ** 30,
    now: () => performance.now() / 1000,
  });
  return verdict.kind;
};
export const kinds = await Promise.all([judge(1), judge(null)]);
`;

const typed = `
import { type Checker, linearizable, models, type RunContext } from "assay/checker";

const checker: Checker = linearizable({ model: models.register({ initial: 0 }) });
export const kindOf = async (context: RunContext): Promise<"valid" | "unknown" | "invalid"> =>
  (await checker.check([], context)).kind;
// @ts-expect-error There is no such option.
linearizable({ modle: models.register() });
`;

beforeAll(async () => {
  const packed = await run("npm", ["pack", "--json", "--pack-destination", folder], root);
  // What `prepare` prints comes first.
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf("[\n"))) as [{ filename: string }];
  writeFileSync(join(folder, "package.json"), "{}");
  await run("npm", [
    "install",
    "--offline",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    join(folder, filename),
  ]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package in an empty folder", { timeout: 300_000 }, () => {
  it("comes alone: no other package, no sources, and no compiler", () => {
    expect(JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages).toEqual({
      "": expect.anything(),
      "node_modules/assay": expect.anything(),
    });
    expect(existsSync(join(folder, "node_modules/assay/harness"))).toBe(false);
    expect(existsSync(join(folder, "node_modules/assay/dist/LICENSES.md"))).toBe(true);
  });

  it("runs a trial", async () => {
    const args = "assay bench --json --seconds 5 --nemesis kill-one --fault-seconds 1 --gap-seconds 1";
    const { verdict, runs } = JSON.parse(await run("npx", args.split(" ")));
    expect(verdict).toBe("valid");
    expect(runs[0].faults).toMatchObject([{ name: "kill-one", proven: expect.any(Number) }]);
    expect(readFileSync(join(folder, runs[0].report), "utf8")).toContain("</html>");
  });

  it("checks a history", async () => {
    const event = (type: string, f: string) => `{:process 0, :type :${type}, :f :${f}, :value 1}`;
    const events = [
      event("invoke", "write"),
      event("ok", "write"),
      event("invoke", "read"),
      event("ok", "read"),
    ];
    writeFileSync(join(folder, "history.edn"), events.join("\n"));
    expect(await run("npx", ["assay", "check", "history.edn", "--initial", "0"])).toContain(
      "valid  2 operations",
    );
  });

  it("is a library for Node", async () => {
    writeFileSync(join(folder, "judge.mjs"), `${consumer}console.log(...kinds);`);
    expect(await run("node", ["judge.mjs"])).toBe("valid invalid\n");
  });

  it.each(["nodenext", "bundler"])("has types, found by module resolution %s", async (resolution) => {
    const directory = join(folder, resolution);
    mkdirSync(directory);
    writeFileSync(join(directory, "judge.mts"), typed);
    const module = resolution === "bundler" ? "esnext" : resolution;
    const options = `--noEmit --strict --target es2023 --types --module ${module} --moduleResolution ${resolution}`;
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, ...options.split(" "), "judge.mts"], directory);
  });

  const missing = existsSync(chromiumPath) ? undefined : `no ${chromiumPath} (apt-get install chromium)`;
  it.skipIf(requireOrSkip(missing))("is a library for a page in a browser", async () => {
    writeFileSync(join(folder, "page.mjs"), `${consumer}document.title = kinds.join(" ");`);
    await build({
      entryPoints: [join(folder, "page.mjs")],
      outfile: join(folder, "page.js"),
      bundle: true,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
    });
    const script = readFileSync(join(folder, "page.js"), "utf8");
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--headless", "--no-sandbox"],
    });
    try {
      const page = await browser.newPage();
      await page.setContent(`<script type="module">${script}</script>`);
      await page.waitForFunction("document.title !== ''");
      expect(await page.title()).toBe("valid invalid");
    } finally {
      await browser.close();
    }
  });
});
