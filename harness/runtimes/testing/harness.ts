/** Harnesses in processes of their own, for tests of what they leave behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach } from "vitest";
import { programCommand } from "../../../core/program/node-program.ts";

const script = programCommand(new URL("./harness-process.ts", import.meta.url));

export interface Harness {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** A harness in a process of its own whose echo cluster runs, two of its nodes stopped. */
export async function startHarness(runtime: string, name: string, scratch: string): Promise<Harness> {
  mkdirSync(join(scratch, name));
  const [command = "", ...args] = [...script, runtime, runId(name), join(scratch, name)];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const up = once(createInterface({ input: child.stdout }), "line");
  await Promise.race([up, ended.then((end) => Promise.reject(new Error(`the harness ended: ${end}`)))]);
  return { process: child, ended };
}

/** A directory for the harnesses of a test, and the one that it has started: both are gone after it. */
export interface UnderTest {
  scratch: string;
  harness: Harness;
}

/** Makes the directory before each test of the file, and removes what is left after it. */
export function underTest(): UnderTest {
  const made = {} as UnderTest;
  beforeEach(() => {
    made.scratch = mkdtempSync(join(tmpdir(), "assay-cleanup-"));
  });
  afterEach(async () => {
    made.harness.process.kill("SIGTERM");
    await made.harness.ended;
    rmSync(made.scratch, { recursive: true, force: true });
  });
  return made;
}

/** The run of a harness of this process. */
export const runId = (name: string): string => `test-cleanup-${process.pid}-${name}`;
