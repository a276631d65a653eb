/** The proxies of a run, in a process of their own. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Address } from "../../../adapters/deployment.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { programCommand } from "../../../core/program/node-program.ts";
import type { MeshAnswer, MeshCommand, MeshSpec } from "../../proxy/mesh-protocol.ts";
import { logTail } from "./log-tail.ts";
import type { Supervisor, TalkingChild } from "./supervisor.ts";

const script = new URL("../../proxy/mesh-process.ts", import.meta.url);

interface Waiting {
  resolve(answer: MeshAnswer): void;
  reject(error: Error): void;
}

/** Every method resolves when what it asks for is in force; all reject with CouldNotRunError. */
export class Mesh {
  readonly #child: TalkingChild;
  /** Pending answers, in the order of the questions. */
  readonly #waiting: Waiting[] = [];
  #ended: CouldNotRunError | undefined;

  private constructor(child: TalkingChild, logFile: string) {
    this.#child = child;
    createInterface({ input: child.output }).on("line", (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line) as MeshAnswer),
    );
    // A question to a process that has just ended is answered by its end.
    child.input.on("error", () => {});
    child.exited.then(async (exit) => {
      const words = await logTail(logFile, 3);
      this.#ended = new CouldNotRunError(
        `the process of the proxies between the nodes ended (${exit})${words === "" ? "" : `: ${words}`}`,
      );
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    });
  }

  /** The process goes with the supervisor's others. `directory`: for its log; created if missing. */
  static async start(supervisor: Supervisor, spec: MeshSpec, directory: string): Promise<Mesh> {
    mkdirSync(directory, { recursive: true });
    const logFile = join(directory, "proxies.log");
    const command = [...programCommand(script), JSON.stringify(spec)];
    return new Mesh(await supervisor.spawnTalking(command, { logFile }), logFile);
  }

  /** Opens the proxy through which `from` reaches a port of `to`, on `port` (0: any free one); resolves with where it listens. */
  async open(from: NodeId, to: NodeId, target: Address, port = 0): Promise<Address> {
    const { address } = await this.#ask({ do: "open", from, to, target, port });
    if (address === undefined)
      throw new CouldNotRunError(`no proxy from ${from} to ${to}: it has no address`);
    return address;
  }

  async cut(links: readonly Link[]): Promise<void> {
    await this.#ask({ do: "cut", links });
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    await this.#ask({ do: "slow", links, delayMs, jitterMs });
  }

  async mend(links: readonly Link[]): Promise<void> {
    await this.#ask({ do: "mend", links });
  }

  async heal(): Promise<void> {
    await this.#ask({ do: "heal" });
  }

  /** Describes the effects since the last heal; undefined if there are none yet. */
  async proof(): Promise<string | undefined> {
    return (await this.#ask({ do: "proof" })).proof;
  }

  async #ask(command: MeshCommand): Promise<MeshAnswer> {
    if (this.#ended !== undefined) throw this.#ended;
    const answer = await new Promise<MeshAnswer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.input.write(`${JSON.stringify(command)}\n`);
    });
    if (answer.error !== undefined) throw new CouldNotRunError(answer.error);
    return answer;
  }
}
