import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { cleanLeftovers } from "./cleanup.ts";
import { namespacesMissing } from "./netns/reexec.ts";
import { processState } from "./process/identity.ts";
import { ledgerDirectory } from "./process/ledger.ts";
import { until } from "./testing/echo-cluster.ts";
import { type Harness, runId, startHarness, underTest } from "./testing/harness.ts";

const onLinux = process.platform === "linux";

const ledgerFile = (name: string): string => join(ledgerDirectory(), `${runId(name)}.json`);

/** Every living process that the harness started, found by the mark that it gave them. */
function processesOf(harness: Harness): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && processState(pid) !== undefined)
    .filter((pid) => environment(pid).includes(`ASSAY_HARNESS=${harness.process.pid}@`));
}

/** The process of the proxies, which ends by itself as soon as its harness does. */
function areProxies(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("proxies.js");
  } catch {
    return false;
  }
}

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

const made = underTest();

const namespaces = onLinux ? requireOrSkip(await namespacesMissing()) : true;
const runtimes = namespaces ? ["loopback"] : ["loopback", "netns"];

describe.runIf(onLinux).each(runtimes)("a run on %s", (runtime) => {
  beforeEach(async () => {
    made.harness = await startHarness(runtime, "first", made.scratch);
    expect(processesOf(made.harness).length).toBeGreaterThanOrEqual(3);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("takes its nodes and data with it on %s", async (signal) => {
    made.harness.process.kill(signal);
    const [status, diedOf] = (await made.harness.ended) as [number | null, string | null];
    expect(diedOf ?? status).toBe(runtime === "netns" ? 128 + constants.signals[signal] : signal);
    expect(processesOf(made.harness)).toEqual([]);
    expect(existsSync(join(made.scratch, "first", "data"))).toBe(false);
    expect(existsSync(ledgerFile("first"))).toBe(false);
  });

  it("leaves nothing once cleaned when it was killed with -9, and one that lives is not touched", async () => {
    const other = await startHarness(runtime, "second", made.scratch);
    const otherProcesses = processesOf(other);
    made.harness.process.kill("SIGKILL");
    await made.harness.ended;
    // Its namespaces end with it at once, by the kernel's hand.
    if (runtime === "netns") await until(() => processesOf(made.harness).length === 0);

    const removed = await cleanLeftovers();

    expect(processesOf(made.harness)).toEqual([]);
    expect(removed).toContain(`${join(made.scratch, "first", "data")} of run ${runId("first")}`);
    expect(existsSync(join(made.scratch, "first", "data"))).toBe(false);
    expect(existsSync(join(made.scratch, "first", "n1.log"))).toBe(true);
    expect(existsSync(ledgerFile("first"))).toBe(false);
    expect(processesOf(other)).toEqual(otherProcesses);
    expect(existsSync(join(made.scratch, "second", "data"))).toBe(true);

    other.process.kill("SIGTERM");
    await other.ended;
  });
});

describe.runIf(onLinux)("cleanLeftovers", () => {
  it("finds nodes that the ledger does not know of by the mark in their environment", async () => {
    made.harness = await startHarness("loopback", "first", made.scratch);
    const nodes = processesOf(made.harness).filter((pid) => !areProxies(pid));
    rmSync(ledgerFile("first"));
    made.harness.process.kill("SIGKILL");
    await made.harness.ended;
    const removed = await cleanLeftovers();
    expect(processesOf(made.harness)).toEqual([]);
    for (const pid of nodes) expect(removed).toContain(`process ${pid} of run ${runId("first")}`);
  });

  it("leaves no proxies behind even uncleaned, when the harness was killed with -9", async () => {
    made.harness = await startHarness("loopback", "first", made.scratch);
    expect(processesOf(made.harness).filter(areProxies)).toHaveLength(1);
    made.harness.process.kill("SIGKILL");
    await made.harness.ended;
    await until(() => !processesOf(made.harness).some(areProxies));
    await cleanLeftovers();
  });
});
