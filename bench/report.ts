/**
 * How fast a report of a long run is made and shown. Prints figures and goals; exits with 1 if a goal is missed:
 *
 *     npx tsx bench/report.ts [OUT.html]
 *
 * The run is a synthetic hour: 180,000 operations, 680 faults, stale reads during most of them. Rendering is measured in this process,
 * from a history in memory to the page, in processor time, which a busy machine does not change much; the page is shown in Chromium, where
 * present, with a fresh profile. Times are medians of 5.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { register } from "../checker/models/register.ts";
import { renderReport } from "../reports/report.ts";
import { args, executablePath } from "../reports/testing/chromium.ts";
import { staleFixture } from "../reports/testing/runs.ts";

const repeats = 5;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number;
}

/** Times in a page, milliseconds since it was asked for, and its size. */
interface Shown {
  readonly paint: number;
  readonly nodes: number;
  readonly pixels: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const { run, history, usage } = staleFixture({ seed: 42, seconds: 3_600, rate: 50 });
const file = join(mkdtempSync(join(tmpdir(), "assay-bench-")), "report.html");
// The bundle of the page's code is made once in a process, whatever is rendered.
renderReport(run, history.slice(0, 100), [], register());
const times: number[] = [];
let page = "";
for (let i = 0; i < repeats; i++) {
  const begin = process.cpuUsage();
  page = renderReport(run, history, usage, register());
  const { user, system } = process.cpuUsage(begin);
  times.push((user + system) / 1e6);
}
writeFileSync(process.argv[2] ?? file, page);
writeFileSync(file, page);
const { ok, fail, info } = run.operations;
console.log(`${ok + fail + info} operations, ${run.faults.length} faults, ${history.length} events`);
const figures: Figure[] = [
  { name: "render", value: median(times), unit: "s", goal: 5 },
  { name: "size", value: Buffer.byteLength(page) / 1e6, unit: "MB", goal: 2 },
];
if (existsSync(executablePath)) figures.push(...(await inBrowser(file)));
else console.log(`no ${executablePath}: the page is not measured`);
rmSync(file, { force: true });
for (const { name, value, unit, goal } of figures)
  console.log(
    `${name.padEnd(14)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(3)} (goal: at most ${goal}) ${value <= goal ? "met" : "MISSED"}`,
  );
process.exitCode = figures.every(({ value, goal }) => value <= goal) ? 0 : 1;

async function inBrowser(path: string): Promise<Figure[]> {
  const shown: Shown[] = [];
  const browser = await chromium.launch({ executablePath, args });
  for (let i = 0; i < repeats; i++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const tab = await context.newPage();
    await tab.goto(`file://${path}`);
    await tab.waitForFunction("performance.getEntriesByName('first-contentful-paint').length > 0");
    shown.push(
      await tab.evaluate<Shown>(`({
        paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
        nodes: document.querySelectorAll("*").length,
        pixels: document.documentElement.scrollHeight,
      })`),
    );
    await context.close();
  }
  await browser.close();
  return [
    { name: "first paint", value: median(shown.map(({ paint }) => paint)) / 1e3, unit: "s", goal: 1 },
    { name: "elements", value: shown[0]?.nodes ?? Number.NaN, unit: "", goal: 5_000 },
    { name: "height", value: shown[0]?.pixels ?? Number.NaN, unit: "px", goal: 12_000 },
  ];
}
