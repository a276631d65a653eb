import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { linuxProcess } from "../process/identity.ts";
import { harnessIdentity, harnessVariable, ledgerDirectory, ledgerVariable } from "../process/ledger.ts";
import { succeeds } from "../process/shell.ts";

/** Environment variable set in a harness that runs inside its namespaces. */
const insideVariable = "ASSAY_NETNS";

export const insideNamespaces = (): boolean => process.env[insideVariable] === "1";

/** Programs that the runtime needs, and their Debian packages. */
const programs = { unshare: "util-linux", ip: "iproute2", nft: "nftables" };

/**
 * Kinds of namespaces to try. Root keeps its user namespace if possible: in a new one it would lose its rights to other users'
 * files, such as the results directory.
 */
const kinds = process.getuid?.() === 0 ? ["-nmpf", "-Urnmpf"] : ["-Urnmpf"];
const unshareArgs = (kind: string): string[] => ["unshare", kind, "--kill-child", "--mount-proc"];

/**
 * Prepares `ip netns` with a private directory. If /run is not writable, a tmpfs hides all of it: nothing in there is useful
 * in a separate network.
 */
const setUp = `
set -e
if [ -d /run/netns ]; then mount -t tmpfs tmpfs /run/netns; else mount -t tmpfs tmpfs /run; mkdir /run/netns; fi
ip link set lo up
exec "$@"`;

/** What this machine lacks for namespaces, and how to get it; undefined if nothing. */
export async function namespacesMissing(): Promise<string | undefined> {
  if (process.platform !== "linux")
    return "network namespaces exist only on Linux: use --runtime testcontainers";
  for (const [name, debianPackage] of Object.entries(programs))
    if (!(await succeeds(["sh", "-c", `command -v ${name}`])))
      return `${name} is not installed: apt-get install ${debianPackage}`;
  if (insideNamespaces() || (await namespaceKind()) !== undefined) return undefined;
  return `this user may not create namespaces (${whyForbidden()}): run as root, or use --runtime testcontainers`;
}

/**
 * Runs `argv` as a harness inside its own network, mount and process namespaces, and a user namespace unless it is root:
 * everything that it starts ends with it, and runs cannot interfere. The file system stays the same, and new files belong to
 * the calling user. Signals are forwarded; resolves with the exit status. Call only if `namespacesMissing` is undefined. `env`
 * is added to the environment.
 */
export async function reexecInNamespaces(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const kind = (await namespaceKind()) ?? "-Urnmpf";
  // Dies with this process, and the namespaces with it, if setpriv supports that.
  const tied = ["setpriv", "--pdeathsig", "KILL"];
  const tie = (await succeeds([...tied, "true"])) ? tied : [];
  const [command = "", ...args] = [...tie, ...unshareArgs(kind), "sh", "-c", setUp, "sh", ...argv];
  const child = spawn(command, args, {
    stdio: "inherit",
    // In its own session, so that Ctrl-C reaches it only once, through this process.
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
    ...setting("kernel/unprivileged_userns_clone", "0", "only root may create them"),
    ...setting("user/max_user_namespaces", "0", "none may be created"),
    ...setting(
      "kernel/apparmor_restrict_unprivileged_userns",
      "1",
      "AppArmor forbids them for ordinary users",
    ),
  ];
  return reasons.join("; ") || "perhaps inside a container without the permission";
}

/** Forwards signals to the harness inside: unshare itself, which waits for it, ignores them or dies of them. */
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
