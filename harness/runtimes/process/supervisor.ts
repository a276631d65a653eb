import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { assert } from "../../../core/assert.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import { processIdentity, waitUntilGone } from "./identity.ts";
import { harnessIdentity, harnessVariable, Ledger, runVariable } from "./ledger.ts";
import { signalsAreClaimed } from "./signals.ts";

/** How a child ended: `exit status 1` or `SIGKILL`. */
export type Exit = string;

/** A process that the supervisor answers for: the leader of a process group of its own. */
export interface Child {
  readonly pid: number;
  /** Resolves when the process has ended and was reaped. */
  readonly exited: Promise<Exit>;
  /** Signals the whole group. False if it is gone already. */
  signal(signal: NodeJS.Signals): boolean;
}

/** A child that is spoken to over its standard input and output. */
export interface TalkingChild extends Child {
  readonly input: Writable;
  readonly output: Readable;
}

/** A child that is another part of Assay: messages are structured clones. */
export interface MessagedChild extends Child {
  /** Messages to a child that has ended are lost. */
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error are appended to this file; the error alone where the output is spoken over. */
  readonly logFile: string;
  readonly cwd?: string;
}

/**
 * Owns a run's processes and directories: they end with the run, however it ends. Where the harness can still act (its
 * end, an uncaught error, a signal that nobody else handles) they are removed at once; where it was killed with -9, the
 * ledger lists for the next run what to remove.
 */
export class Supervisor {
  readonly #ledger: Ledger;
  readonly #runId: string;
  readonly #children = new Set<Child>();
  readonly #directories: string[] = [];
  readonly #endings: (() => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(runId: string) {
    this.#runId = runId;
    this.#ledger = new Ledger(runId);
    living.add(this);
    installHooks();
  }

  /** Resolves when the process exists. Rejects with CouldNotRunError where the program cannot be started. */
  async spawn(argv: readonly string[], options: SpawnOptions): Promise<Child> {
    const { child, command } = this.#start(argv, options, (log) => ["ignore", log, log]);
    return this.#adopt(await spawned(child, command), child);
  }

  /** The same for a child that is spoken to. */
  async spawnTalking(argv: readonly string[], options: SpawnOptions): Promise<TalkingChild> {
    const { child, command } = this.#start(argv, options, (log) => ["pipe", "pipe", log]);
    const { stdin: input, stdout: output } = child;
    assert(input !== null && output !== null, "a child without pipes");
    return { ...this.#adopt(await spawned(child, command), child), input, output };
  }

  /** The same for a child with a channel of messages. */
  async spawnMessaged(argv: readonly string[], options: SpawnOptions): Promise<MessagedChild> {
    const { child, command } = this.#start(argv, options, (log) => ["ignore", log, log, "ipc"]);
    const adopted = this.#adopt(await spawned(child, command), child);
    return {
      ...adopted,
      send: (message) => void (child.connected && child.send(message, () => {})),
      onMessage: (listener) => void child.on("message", listener),
    };
  }

  /** `path` goes when the run goes. */
  ownDirectory(path: string): void {
    this.#directories.push(path);
    this.#ledger.addDirectory(path);
  }

  /** `work` undoes something when the run goes, after the processes are gone; the last one first. */
  atClose(work: () => Promise<void>): void {
    this.#endings.unshift(work);
  }

  /** Kills what is left, undoes the rest and removes the run's directories. Safe to call twice, never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  /** Does as much of it as possible without waiting, for a process that is about to end. */
  closeNow(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const child of this.#children) child.signal("SIGKILL");
    waitUntilGone([...this.#children].map((child) => child.pid));
    for (const path of this.#directories) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    this.#ledger.close();
    living.delete(this);
  }

  async #end(): Promise<void> {
    for (const child of this.#children) child.signal("SIGKILL");
    await Promise.all([...this.#children].map((child) => child.exited));
    // The next run cleans up what cannot be undone now: the run itself has ended well.
    for (const work of this.#endings) await work().catch(() => {});
    try {
      this.closeNow();
    } catch {
      // The ledger still names the directory that could not be removed.
    }
  }

  #start(
    argv: readonly string[],
    options: SpawnOptions,
    stdio: (log: number) => StdioOptions,
  ): { readonly child: ChildProcess; readonly command: string } {
    const [command = "", ...args] = argv;
    const log = openSync(options.logFile, "a");
    const child = spawn(command, args, {
      stdio: stdio(log),
      serialization: "advanced",
      detached: true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: {
        ...process.env,
        ...options.env,
        [runVariable]: this.#runId,
        [harnessVariable]: harnessIdentity(),
      },
    });
    closeSync(log);
    return { child, command };
  }

  #adopt(pid: number, process: ChildProcess): Child {
    const identity = processIdentity(pid);
    if (identity !== undefined) this.#ledger.addChild(identity);
    const exited = new Promise<Exit>((resolve) => {
      process.once("exit", (status, signal) => {
        this.#children.delete(child);
        // Its own children end with it.
        signalGroup(pid, "SIGKILL");
        if (identity !== undefined && !this.#closed) this.#ledger.removeChild(identity);
        resolve(signal ?? `exit status ${status}`);
      });
    });
    const child: Child = { pid, exited, signal: (signal) => signalGroup(pid, signal) };
    this.#children.add(child);
    return child;
  }
}

function spawned(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new CouldNotRunError(`cannot start ${command}: ${cause.message}`, { cause })),
    );
    child.once("spawn", () => resolve(child.pid as number));
  });
}

function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

const living = new Set<Supervisor>();
let hooked = false;

function installHooks(): void {
  if (hooked) return;
  hooked = true;
  process.on("exit", closeAllNow);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, lastResort);
}

function closeAllNow(): void {
  for (const supervisor of living) supervisor.closeNow();
}

/** Leaves signals to a claimant, which ends the run in order; without one, the process cleans up and dies. */
async function lastResort(signal: NodeJS.Signals): Promise<void> {
  if (signalsAreClaimed()) return;
  await Promise.all([...living].map((supervisor) => supervisor.close()));
  // The first process of a namespace does not die of a signal that it does not handle.
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
