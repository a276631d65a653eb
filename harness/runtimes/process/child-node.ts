import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Endpoint } from "../../../adapters/adapter.ts";
import type { Address, NodeLaunch } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import type { Clock } from "../../../core/clock.ts";
import type { NodeId } from "../../../core/op.ts";
import type { ClusterNode, Usage } from "../runtime.ts";
import { processState, untilState } from "./identity.ts";
import { logTail } from "./log-tail.ts";
import type { Child, Supervisor } from "./supervisor.ts";
import { processUsage } from "./usage.ts";

export interface ChildNodeOptions {
  readonly id: NodeId;
  readonly endpoint: Endpoint;
  /** Where each of its ports is reached, by the port's name. */
  readonly addresses: Readonly<Record<string, Address>>;
  readonly launch: NodeLaunch;
  /** Put before the node's own command line: what enters its namespace. It must end in exec. */
  readonly enter?: readonly string[];
  readonly dataDir: string;
  readonly logFile: string;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
}

/** A node that is a child process of the harness. */
export class ChildNode implements ClusterNode {
  readonly id: NodeId;
  readonly endpoint: Endpoint;
  readonly addresses: Readonly<Record<string, Address>>;
  readonly #options: ChildNodeOptions;
  #child: Child | undefined;
  #state: ReturnType<ClusterNode["state"]> = "killed";

  constructor(options: ChildNodeOptions) {
    this.id = options.id;
    this.endpoint = options.endpoint;
    this.addresses = options.addresses;
    this.#options = options;
    mkdirSync(options.dataDir, { recursive: true });
    mkdirSync(dirname(options.logFile), { recursive: true });
    for (const [path, content] of Object.entries(options.launch.files)) {
      const file = join(options.dataDir, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  state(): ReturnType<ClusterNode["state"]> {
    return this.#state;
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { launch, enter = [], logFile, supervisor } = this.#options;
    const child = await supervisor.spawn([...enter, ...launch.argv], { env: launch.env, logFile });
    this.#child = child;
    this.#state = "running";
    void child.exited.then(() => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (this.#state !== "killed") this.#state = "exited";
    });
  }

  async kill(): Promise<string> {
    const child = this.#child;
    this.#state = "killed";
    if (child === undefined) return "it had already ended";
    child.signal("SIGKILL");
    const exit = await child.exited;
    assert(processState(child.pid) === undefined, `${this.id}: process ${child.pid} outlived SIGKILL`);
    return `process ${child.pid} ended by ${exit} and is gone`;
  }

  async pause(): Promise<string> {
    const child = this.#child;
    if (child === undefined) return "it had already ended";
    child.signal("SIGSTOP");
    await this.#until(child, (state) => state === "T");
    this.#state = "paused";
    return `process ${child.pid} is stopped (state T)`;
  }

  async resume(): Promise<void> {
    const child = this.#child;
    if (child === undefined || this.#state !== "paused") return;
    child.signal("SIGCONT");
    await this.#until(child, (state) => state !== "T");
    if (this.#child === child) this.#state = "running";
  }

  async usage(): Promise<Usage | undefined> {
    const child = this.#child;
    return child === undefined ? undefined : await processUsage(child.pid, this.#options.dataDir);
  }

  logTail(count: number): Promise<string> {
    return logTail(this.#options.logFile, count);
  }

  async #until({ pid }: Child, reached: (state: string) => boolean): Promise<void> {
    await untilState({ pid, name: this.id, clock: this.#options.clock }, reached);
  }
}
