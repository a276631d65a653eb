/** A bench whose harness is killed with -9 while its load workers are at work. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis } from "../../core/time.ts";
import { workersOf } from "../load/workers/testing/place.ts";
import { cleanLeftovers } from "../runtimes/cleanup.ts";
import { readCompleted } from "./report/completed.ts";
import { checked } from "./testing/checked.ts";

const command = fileURLToPath(new URL("../assay.mjs", import.meta.url));
const results = mkdtempSync(join(tmpdir(), "assay-killed-"));
const clock = realClock();
const options = { whole: false, timeLimit: 60, memoryLimit: 2048 };
afterAll(() => rmSync(results, { recursive: true }));

/** How many operations succeeded, by a worker's part of the history. */
const successesIn = (file: string): number =>
  existsSync(file) ? readFileSync(file, "utf8").split('"type":"ok"').length - 1 : 0;

describe("a bench of several runs that is stopped in its first", () => {
  it("tells CI that it did not carry out all of them", async () => {
    const own = mkdtempSync(join(tmpdir(), "assay-stopped-"));
    const junit = join(own, "junit.xml");
    const args = "bench --nemesis none --rate 200 --seconds 600 --repeat 3 --results".split(" ");
    const bench = spawn(process.execPath, [command, ...args, join(own, "results"), "--junit", junit], {
      stdio: "ignore",
    });
    try {
      const ended = new Promise((resolve) => bench.once("exit", resolve));
      const parts = () =>
        readdirSync(own, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("w1.jsonl"));
      while (!parts().some((name) => successesIn(join(own, name)) > 100)) {
        expect(bench.exitCode).toBeNull();
        await sleep(clock, millis(50));
      }
      bench.kill("SIGTERM");
      expect(await ended).toBe(143);
      const xml = readFileSync(junit, "utf8");
      expect(xml).toMatch(/<error message="[^"]*SIGTERM/);
      expect(xml).toContain("carries out all runs");
    } finally {
      bench.kill("SIGKILL");
      rmSync(own, { recursive: true, force: true });
    }
  });
});

describe("a bench that is killed with -9, and one of its workers before it", () => {
  it("leaves nothing once cleaned, and what was recorded can be checked", async () => {
    const args = "bench --nemesis none --workers 2 --rate 200 --seconds 600 --results".split(" ");
    const bench = spawn(process.execPath, [command, ...args, results], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [bench.stdout, bench.stderr])
      stream.on("data", (text) => {
        said += text;
      });
    const until = async (reached: () => boolean) => {
      while (!reached()) {
        expect(bench.exitCode, said).toBeNull();
        await sleep(clock, millis(50));
      }
    };
    const ended = new Promise((resolve) => bench.once("exit", resolve));
    await until(() => readdirSync(results).length > 0);
    const [run = ""] = readdirSync(results);
    const part = (name: string) => join(results, run, "parts", `${name}.jsonl`);
    await until(() => successesIn(part("w1")) > 100 && successesIn(part("w2")) > 100);
    const processes = [...workersOf(run), ...workersOf(`${run}-clients`)];
    const [worker = 0] = workersOf(`${run}-clients`);
    process.kill(worker, "SIGKILL");
    bench.kill("SIGKILL");
    await ended;

    await cleanLeftovers();

    expect(processes.length).toBeGreaterThanOrEqual(5);
    expect([...workersOf(run), ...workersOf(`${run}-clients`)]).toEqual([]);
    const { text, status } = await checked(join(results, run), options);
    expect(text).toContain("valid linearizable");
    expect(text).toContain("the run ended early: it was killed while it ran");
    expect(status).toBe(2);
    const completed = await readCompleted(join(results, run), clock);
    expect(completed.run.verdict).toBe("unknown");
    expect(completed.run.operations.ok).toBeGreaterThan(100);
    expect(completed.run.latency.map(({ f }) => f)).toEqual(expect.arrayContaining(["read", "write"]));
    await expect(checked(join(results, run, "history.jsonl"), options)).rejects.toThrow(
      `assay check ${join(results, run)}`,
    );
  });
});
