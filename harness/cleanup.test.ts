import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cleanLeftovers } from "./cleanup.ts";
import { ledgerDirectory } from "./runtimes/ledger.ts";
import { processState } from "./runtimes/process-identity.ts";

const script = fileURLToPath(new URL("./runtimes/testing/harness-process.ts", import.meta.url));

interface Harness {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly nodes: readonly number[];
}

let scratch: string;
let harness: Harness;

/** A harness in a process of its own whose echo cluster runs, two of its nodes stopped. */
async function startHarness(name: string): Promise<Harness> {
  const directory = join(scratch, name);
  const child = spawn(process.execPath, ["--import", "tsx", script, runId(name), directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { process: child, ended, nodes: JSON.parse(line) };
}

const runId = (name: string): string => `test-cleanup-${process.pid}-${name}`;
const living = (nodes: readonly number[]): number[] => nodes.filter((pid) => processState(pid) !== undefined);

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "assay-cleanup-"));
  harness = await startHarness("first");
  expect(living(harness.nodes)).toHaveLength(3);
});

afterEach(async () => {
  harness.process.kill("SIGTERM");
  await harness.ended;
  rmSync(scratch, { recursive: true, force: true });
});

describe("a run that ends", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("takes its nodes and data with it on %s", async (signal) => {
    harness.process.kill(signal);
    const [status, diedOf] = (await harness.ended) as [number | null, string | null];
    expect(status ?? diedOf).toBe(signal);
    expect(living(harness.nodes)).toEqual([]);
    expect(existsSync(join(scratch, "first", "data"))).toBe(false);
    expect(readdirSync(ledgerDirectory()).join()).not.toContain(runId("first"));
  });
});

describe("cleanLeftovers", () => {
  it("removes the nodes and data of a harness that was killed with -9, and nothing of one that lives", async () => {
    const other = await startHarness("second");
    harness.process.kill("SIGKILL");
    await harness.ended;

    const removed = await cleanLeftovers();

    expect(living(harness.nodes)).toEqual([]);
    expect(removed.join("\n")).toContain(`${join(scratch, "first", "data")} of run ${runId("first")}`);
    expect(existsSync(join(scratch, "first", "data"))).toBe(false);
    expect(existsSync(join(scratch, "first", "n1.log"))).toBe(true);
    expect(readdirSync(ledgerDirectory()).join()).not.toContain(runId("first"));
    expect(living(other.nodes)).toHaveLength(3);
    expect(existsSync(join(scratch, "second", "data"))).toBe(true);

    other.process.kill("SIGTERM");
    await other.ended;
  });

  it("finds nodes that the ledger does not know of by the mark in their environment", async () => {
    if (!existsSync("/proc")) return;
    rmSync(join(ledgerDirectory(), `${runId("first")}.json`));
    harness.process.kill("SIGKILL");
    await harness.ended;
    const removed = await cleanLeftovers();
    expect(living(harness.nodes)).toEqual([]);
    for (const pid of harness.nodes) expect(removed).toContain(`process ${pid} of run ${runId("first")}`);
  });
});
