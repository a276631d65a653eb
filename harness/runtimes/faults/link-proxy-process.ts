/** The process of one node's link proxy, and the conversation with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { NodeId } from "../../../core/op.ts";
import { cutMiddle } from "../../../core/wording.ts";
import { type LinkAnswer, type LinkCommand, linkAnswer } from "../../proxy/link-protocol.ts";

export type Seen = LinkAnswer["seen"];

interface Waiting {
  resolve(seen: Seen): void;
  reject(reason: Error): void;
}

export class LinkProxyProcess {
  readonly #node: NodeId;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  /** Pending answers, in the order of the commands. */
  readonly #waiting: Waiting[] = [];
  readonly #ready: Promise<Seen>;
  /** Why there will be no more answers. */
  #over: CouldNotRunError | undefined;

  /** Starts `argv`, which speaks link-protocol.ts for the proxy of `node`. */
  constructor(node: NodeId, argv: readonly string[]) {
    const [command = "", ...args] = argv;
    this.#node = node;
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#ready = this.#nextAnswer();
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on("line", (line) => this.#hear(line));
    // A command to a process that has just exited is answered by its exit.
    this.#child.stdin?.on("error", () => {});
    this.#exited = new Promise((resolve) => {
      const end = (why: string, cause?: Error) => {
        this.#end(`exited (${why})`, cause);
        resolve();
      };
      this.#child.once("error", (cause) => end("it could not be started", cause));
      this.#child.once("exit", (status, signal) => end(signal ?? `status ${status}`));
    });
  }

  /** Resolves when the proxy listens. Rejects with CouldNotRunError. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** Resolves when the command is in force. Rejects with CouldNotRunError, at once if the process has exited. */
  send(command: LinkCommand): Promise<Seen> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const answered = this.#nextAnswer();
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return answered;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#ready.catch(() => {});
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  #hear(line: string): void {
    let seen: Seen;
    try {
      seen = linkAnswer.parse(JSON.parse(line)).seen;
    } catch (cause) {
      // Answers are matched to commands by their order, which is lost.
      this.#end(`gave an answer that cannot be read: ${cutMiddle(line, 200)}`, cause);
      this.#child.kill("SIGKILL");
      return;
    }
    this.#waiting.shift()?.resolve(seen);
  }

  #end(what: string, cause: unknown): void {
    this.#over ??= new CouldNotRunError(`the link proxy of ${this.#node} ${what}`, { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#over);
  }

  #nextAnswer(): Promise<Seen> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
