import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { vi } from "vitest";
import { sideBySide } from "../../../adapters/installed.ts";

const run = promisify(execFile);
const environment = { ...process.env, ETCDCTL_API: "3" };

export interface Etcdctl {
  readonly version: string;
  readonly command: string;
}

/** Every etcdctl of this machine: on the PATH and of the versions side by side. */
export async function installedEtcdctls(): Promise<readonly Etcdctl[]> {
  const unpacked = (await sideBySide("etcd")).map((directory) => `${directory}/usr/bin/etcdctl`);
  const found = await Promise.all(
    ["etcdctl", ...unpacked].map(async (command) => {
      const output = await run(command, ["version"], { env: environment }).catch(() => undefined);
      const version = /version: (\S+)/.exec(output?.stdout ?? "")?.[1];
      return version === undefined ? [] : [{ version, command }];
    }),
  );
  return found.flat();
}

/** `etcdctl watch` with these arguments, at the server at this port of loopback. */
export class EtcdctlWatch {
  readonly #child;
  /** Standard output and standard error so far. */
  output = "";

  constructor(command: string, port: number, args: readonly string[]) {
    this.#child = spawn(command, [`--endpoints=127.0.0.1:${port}`, "watch", ...args], { env: environment });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
  }

  /** Resolves when the output contains one of `texts`. */
  async prints(...texts: readonly string[]): Promise<void> {
    const found = () => {
      if (!texts.some((text) => this.output.includes(text)))
        throw new Error(`no ${JSON.stringify(texts)} in ${JSON.stringify(this.output)}`);
    };
    await vi.waitFor(found, 30_000);
  }

  /** A line of the interactive mode. */
  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }
}
