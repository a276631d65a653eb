import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";

/** A real etcd of one member, for tests that hold this server against it. */
export interface RealEtcd {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startEtcd(command = "etcd"): Promise<RealEtcd> {
  const directory = mkdtempSync(join(tmpdir(), "etcd-parity-"));
  const port = await freePort();
  const [clients, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`];
  const flags = {
    "data-dir": directory,
    "listen-client-urls": clients,
    "advertise-client-urls": clients,
    "listen-peer-urls": peers,
    "initial-advertise-peer-urls": peers,
    "initial-cluster": `default=${peers}`,
  };
  const etcd = spawn(
    command,
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    { stdio: "ignore" },
  );
  await vi.waitFor(async () => expect((await fetch(`${clients}/health`)).ok).toBe(true), 30_000);
  const stop = async () => {
    const gone = new Promise((resolve) => etcd.once("exit", resolve));
    etcd.kill("SIGKILL");
    await gone;
    rmSync(directory, { recursive: true });
  };
  return { port, url: clients, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
