import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Random } from "../../../core/random.ts";
import { lifeOf } from "./identity.ts";
import { harnessIdentity, ledgerDirectory } from "./ledger.ts";

/**
 * Ports that stay a run's own while a node is down: below the range from which systems give ports to outgoing
 * connections (32768 and up on Linux, 49152 and up on macOS), and claimed by a file, so that a parallel run does not
 * take the port of a node that is dead for the moment.
 */
const portMin = 20_000;
const portMax = 32_767;
const attemptsMax = 200;

/** A port of 127.0.0.1 that nobody listens on and no other run has claimed. */
export async function claimPort(random: Random): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = random.integer(portMin, portMax);
    if (!claim(port)) continue;
    if (await isFree(port)) return port;
    releasePort(port);
  }
  throw new CouldNotRunError(`no free port between ${portMin} and ${portMax} in ${attemptsMax} attempts`);
}

export function releasePort(port: number): void {
  rmSync(claimPath(port), { force: true });
}

/** Forgets the claims of dead harnesses. */
export function releaseDeadPorts(): void {
  for (const name of readdirSync(claimDirectory())) forgetIfDead(join(claimDirectory(), name));
}

function claim(port: number): boolean {
  const path = claimPath(port);
  try {
    writeFileSync(path, harnessIdentity(), { flag: "wx" });
    return true;
  } catch {
    // Left for another attempt to find free: two harnesses that both saw a dead claim must not both take it.
    forgetIfDead(path);
    return false;
  }
}

function forgetIfDead(path: string): void {
  try {
    const owner = readFileSync(path, "utf8");
    // An empty claim is being written at this moment.
    if (owner !== "" && lifeOf(owner) === "dead") rmSync(path, { force: true });
  } catch {
    // Released meanwhile.
  }
}

const claimPath = (port: number): string => join(claimDirectory(), `${port}`);

function claimDirectory(): string {
  const path = join(ledgerDirectory(), "ports");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
