import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { type Clock, sleep } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import { millis } from "../../../core/time.ts";
import { lines } from "../../lines.ts";

/**
 * Identity of a process, distinct from any other that had or will have its number: `1234@<scope>/<start time>`. The scope is
 * the boot and the namespace that process numbers belong to, as far as the system reports them.
 */
export type ProcessIdentity = string;

/** Identity of a process; undefined if no such process lives, or it is a zombie. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const started = process.platform === "linux" ? linuxProcess(pid)?.startTime : psStartTime(pid);
  return started === undefined ? undefined : `${pid}@${scope()}/${started}`;
}

/** `foreign`: its number belongs to another process namespace, about which nothing is known here. */
export function lifeOf(identity: ProcessIdentity): "alive" | "dead" | "foreign" {
  const match = /^(\d+)@([^/]*)\/(.*)$/.exec(identity);
  if (match === null) return "dead";
  const [, pid, itsScope = ""] = match;
  if (itsScope !== scope()) return bootOf(itsScope) === bootOf(scope()) ? "foreign" : "dead";
  return processIdentity(Number(pid)) === identity ? "alive" : "dead";
}

interface ProcessFacts {
  /** One letter, as ps shows it: R, S, T, Z, … */
  readonly state: string;
  readonly startTime: string;
  readonly parent: number;
  /** User and system time, all threads. */
  readonly cpuSeconds: number;
}

/** Linux reports processor time in hundredths of a second whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** Reads /proc/PID/stat; undefined if there is no such living process or no /proc. */
export function linuxProcess(pid: number): ProcessFacts | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses, which may hold anything, spaces and parentheses too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", startTime = ""] = [fields[0], fields[19]];
  if (state === "Z" || state === "X") return undefined;
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  return { state, startTime, parent: Number(fields[1]), cpuSeconds };
}

/** The state letter on any system; undefined if the process is gone. */
export function processState(pid: number): string | undefined {
  if (process.platform === "linux") return linuxProcess(pid)?.state;
  const state = ps(pid, "state")?.[0];
  return state === "Z" ? undefined : state;
}

/** Interval and limit of waiting for a change of a process' state. */
const pollMs = 2;
const pollsMax = 2_500;

/** Waits until the process' state is as asked for, or the process gone. Rejects with CouldNotRunError if that takes too long. */
export async function untilState(
  { pid, name, clock }: { readonly pid: number; readonly name: string; readonly clock: Clock },
  reached: (state: string) => boolean,
): Promise<void> {
  for (let polls = 0; polls < pollsMax; polls++) {
    const state = processState(pid);
    if (state === undefined || reached(state)) return;
    await sleep(clock, millis(pollMs));
  }
  throw new CouldNotRunError(`${name}: process ${pid} did not change its state in time`);
}

/** Blocks until none of the killed processes lives, for at most two seconds: what they write must not race its removal. */
export function waitUntilGone(pids: readonly number[]): void {
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let polls = 0; polls < 1_000; polls++) {
    if (pids.every((pid) => processState(pid) === undefined)) return;
    Atomics.wait(wait, 0, 0, 2);
  }
}

let cachedScope: string | undefined;

function scope(): string {
  cachedScope ??=
    process.platform === "linux"
      ? `${read("/proc/sys/kernel/random/boot_id")?.slice(0, 8)}.${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`
      : "";
  return cachedScope;
}

const bootOf = (ofScope: string): string => ofScope.split(".")[0] ?? "";

const psStartTime = (pid: number): string | undefined =>
  processState(pid) === undefined ? undefined : ps(pid, "lstart");

function ps(pid: number, field: string): string | undefined {
  try {
    return lines(execFileSync("ps", ["-o", `${field}=`, "-p", `${pid}`], { encoding: "utf8" }))[0]?.trim();
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
