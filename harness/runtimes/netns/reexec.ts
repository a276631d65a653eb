import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { linuxProcess } from "../process/identity.ts";
import { harnessIdentity, harnessVariable, ledgerDirectory, ledgerVariable } from "../process/ledger.ts";
import { succeeds } from "../process/shell.ts";

/** Set in the harness that runs inside namespaces made for it. */
const insideVariable = "ASSAY_NETNS";

export const insideNamespaces = (): boolean => process.env[insideVariable] === "1";

/** Programs that the runtime needs, with the Debian packages that hold them. */
const programs = { unshare: "util-linux", ip: "iproute2", nft: "nftables" };

/**
 * Root keeps its own user namespace where it may: in a fresh one it would lose its rights over other users' files, the
 * results directory among them.
 */
const kinds = process.getuid?.() === 0 ? ["-nmpf", "-Urnmpf"] : ["-Urnmpf"];
const unshareArgs = (kind: string): string[] => ["unshare", kind, "--kill-child", "--mount-proc"];

/**
 * Ready for `ip netns`: its directory is the harness' own. Where /run cannot be written to, all of it is covered: nothing
 * in there is of use in a network of its own.
 */
const setUp = `
set -e
if [ -d /run/netns ]; then mount -t tmpfs tmpfs /run/netns; else mount -t tmpfs tmpfs /run; mkdir /run/netns; fi
ip link set lo up
exec "$@"`;

/** What this machine lacks to make namespaces, with the way to get it; undefined where it can. */
export async function namespacesMissing(): Promise<string | undefined> {
  if (process.platform !== "linux") return "network namespaces are Linux' own: use --runtime testcontainers";
  for (const [name, debianPackage] of Object.entries(programs))
    if (!(await succeeds(["sh", "-c", `command -v ${name}`])))
      return `the program ${name} is missing: apt-get install ${debianPackage}`;
  if (insideNamespaces() || (await namespaceKind()) !== undefined) return undefined;
  return `the system does not let this user make namespaces (${whyForbidden()}): run as root, or use --runtime testcontainers`;
}

/**
 * Runs `argv` as a harness inside network, mount and process namespaces of its own (and a user namespace where it is not
 * root): all that it starts ends with it, whatever happens, and runs cannot meet. The file system stays the same, and
 * what is written belongs to the user who called. Signals are passed on; resolves with the exit status. Call only where
 * `namespacesMissing` is undefined. `env` is added to its environment.
 */
export async function reexecInNamespaces(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const kind = (await namespaceKind()) ?? "-Urnmpf";
  // Dies with this process, and takes the namespaces with it, where setpriv can ask the kernel for that.
  const tied = ["setpriv", "--pdeathsig", "KILL"];
  const tie = (await succeeds([...tied, "true"])) ? tied : [];
  const [command = "", ...args] = [...tie, ...unshareArgs(kind), "sh", "-c", setUp, "sh", ...argv];
  const child = spawn(command, args, {
    stdio: "inherit",
    // In a session of its own: a Ctrl-C reaches it once, through this process.
    detached: true,
    env: {
      ...process.env,
      ...env,
      [insideVariable]: "1",
      [harnessVariable]: harnessIdentity(),
      [ledgerVariable]: ledgerDirectory(),
    },
  });
  const stopForwarding = forwardSignals(child);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status, signal) =>
        resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    stopForwarding();
  }
}

async function namespaceKind(): Promise<string | undefined> {
  for (const kind of kinds) if (await succeeds([...unshareArgs(kind), "true"])) return kind;
  return undefined;
}

function whyForbidden(): string {
  const setting = (path: string, value: string, meaning: string): string[] =>
    read(`/proc/sys/${path}`) === value ? [`${path.replaceAll("/", ".")} is ${value}: ${meaning}`] : [];
  const reasons = [
    ...setting("kernel/unprivileged_userns_clone", "0", "only root may"),
    ...setting("user/max_user_namespaces", "0", "there may be none"),
    ...setting(
      "kernel/apparmor_restrict_unprivileged_userns",
      "1",
      "AppArmor keeps them from ordinary users",
    ),
  ];
  return reasons.join("; ") || "a container without the right to";
}

/** To the harness inside: unshare itself, which waits for it, ignores signals or dies of them. */
function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals) => {
    for (const pid of childrenOf(child.pid ?? -1)) process.kill(pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.removeListener(signal, forward);
  };
}

const childrenOf = (parent: number): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && linuxProcess(pid)?.parent === parent);

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
