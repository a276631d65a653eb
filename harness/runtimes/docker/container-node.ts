import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { GenericContainer } from "testcontainers";
import * as z from "zod";
import type { Endpoint } from "../../../adapters/adapter.ts";
import type { Address, NodeLaunch } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import { type Clock, sleep } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { NodeId } from "../../../core/op.ts";
import { millis, type Nanos, seconds } from "../../../core/time.ts";
import { logTail } from "../process/log-tail.ts";
import type { ClusterNode, Usage } from "../runtime.ts";
import { asked, type Container, type Docker, runLabels } from "./docker.ts";
import { atOnce, type Pod, podDataDir } from "./pod.ts";

export interface ContainerNodeOptions {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly pod: Pod;
  readonly endpoint: Endpoint;
  /** Where each client port is reached, by the port's name. */
  readonly addresses: Readonly<Record<string, Address>>;
  readonly image: string;
  readonly launch: NodeLaunch;
  readonly runId: string;
  readonly logFile: string;
}

/** Measuring a data directory starts a process in the container, so it is not done for every sample. */
const diskUsageEvery = seconds(5);

const freezeAttemptsMax = 5;
const freezeRetryAfter = millis(100);

/** Captures output from the beginning: listening starts between creation and start of the container. */
class NodeContainer extends GenericContainer {
  onCreated: (id: string) => Promise<void> = async () => {};

  protected override async containerCreated(id: string): Promise<void> {
    await this.onCreated(id);
  }
}

/** Node in its own container, with the network namespace and the data of its pod. */
export class ContainerNode implements ClusterNode {
  readonly id: NodeId;
  readonly endpoint: Endpoint;
  readonly addresses: Readonly<Record<string, Address>>;
  readonly #options: ContainerNodeOptions;
  #container: Container | undefined;
  #state: ReturnType<ClusterNode["state"]> = "killed";
  #exited: Promise<void> = Promise.resolve();
  #disk: { readonly at: Nanos; readonly bytes: Promise<number> } | undefined;

  constructor(options: ContainerNodeOptions) {
    this.id = options.pod.node;
    this.endpoint = options.endpoint;
    this.addresses = options.addresses;
    this.#options = options;
    mkdirSync(dirname(options.logFile), { recursive: true });
  }

  state(): ReturnType<ClusterNode["state"]> {
    return this.#state;
  }

  async start(): Promise<void> {
    if (this.#state === "running" || this.#state === "paused") return;
    if (this.#container === undefined) await this.#create();
    else {
      await this.#keepLog(this.#container);
      await asked(this.#container.start());
    }
    this.#state = "running";
    this.#watch();
  }

  async kill(): Promise<string> {
    const container = this.#own();
    if (this.#state === "killed" || this.#state === "exited") {
      this.#state = "killed";
      return "it had already ended";
    }
    this.#state = "killed";
    await asked(container.kill({ signal: "SIGKILL" }));
    await this.#exited;
    const { State } = await asked(container.inspect());
    assert(!State.Running, `${this.id}: container ${container.id} outlived SIGKILL`);
    return `container ${container.id.slice(0, 12)} exited with status ${State.ExitCode} and is gone`;
  }

  async pause(): Promise<string> {
    const container = this.#own();
    if (this.#state !== "running") return "it is not running";
    await this.#freeze(container);
    const { State } = await asked(container.inspect());
    assert(State.Paused, `${this.id}: container ${container.id} is not paused`);
    this.#state = "paused";
    return `container ${container.id.slice(0, 12)} is paused`;
  }

  async resume(): Promise<void> {
    if (this.#state !== "paused") return;
    await asked(this.#own().unpause());
    this.#state = "running";
  }

  async usage(): Promise<Usage | undefined> {
    if (this.#state !== "running" && this.#state !== "paused") return undefined;
    const figures = stats.safeParse(await asked(this.#own().stats({ stream: false, "one-shot": true })));
    if (!figures.success) return undefined;
    const { cpu_stats: cpu, memory_stats: memory } = figures.data;
    const networkBytes = await this.#options.pod.networkBytes();
    const reclaimable = memory.stats.total_inactive_file ?? memory.stats.inactive_file ?? 0;
    return {
      cpuSeconds: cpu.cpu_usage.total_usage / 1e9,
      memoryBytes: memory.usage - reclaimable,
      diskBytes: await this.#diskBytes(),
      ...(networkBytes !== undefined && { networkBytes }),
    };
  }

  /** Mentions first if Docker is gone: then the log does not show the reason. */
  async logTail(count: number): Promise<string> {
    const log = await logTail(this.#options.logFile, count);
    const gone = await asked(this.#options.docker.container.dockerode.ping()).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    return gone === undefined ? log : `${gone}\n${log}`;
  }

  /** Pauses the container, and tries again: the kernel may fail to freeze processes that are just starting. */
  async #freeze(container: Container): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await asked(container.pause());
        return;
      } catch (reason) {
        if (attempt === freezeAttemptsMax) throw reason;
        await sleep(this.#options.clock, freezeRetryAfter);
      }
    }
  }

  #own(): Container {
    assert(this.#container !== undefined, `${this.id} was never started`);
    return this.#container;
  }

  async #create(): Promise<void> {
    const { docker, image, launch, pod, runId } = this.#options;
    const [command = "", ...args] = launch.argv;
    const container = new NodeContainer(image)
      .withAutoCleanup(false)
      .withAutoRemove(false)
      .withName(`assay-${runId}-${this.id}`)
      .withLabels(runLabels(runId))
      .withNetworkMode(`container:${pod.containerId}`)
      .withBindMounts([{ source: pod.volume, target: podDataDir }])
      .withUser("0:0")
      .withEntrypoint([command])
      .withCommand(args)
      .withEnvironment({ ...launch.env })
      .withWaitStrategy(atOnce);
    container.onCreated = async (id) => {
      this.#container = docker.container.getById(id);
      await this.#keepLog(this.#container);
    };
    await asked(container.start());
  }

  async #keepLog(container: Container): Promise<void> {
    const output = await asked(this.#options.docker.container.attach(container));
    const file = createWriteStream(this.#options.logFile, { flags: "a" });
    // A log that cannot be written must not end a run.
    file.on("error", () => output.resume());
    output.pipe(file);
  }

  /** Notices the end of the container, expected or not. */
  #watch(): void {
    const ended = () => {
      if (this.#state !== "killed") this.#state = "exited";
    };
    this.#exited = this.#own().wait().then(ended, ended);
  }

  #diskBytes(): Promise<number> {
    const now = this.#options.clock.now();
    if (this.#disk === undefined || now - this.#disk.at > diskUsageEvery)
      this.#disk = { at: now, bytes: this.#measureDisk() };
    return this.#disk.bytes;
  }

  async #measureDisk(): Promise<number> {
    // Files that vanish meanwhile change its exit status, but not its figure.
    const output = await this.#options.pod.exec(["sh", "-c", `du -s ${podDataDir} 2>/dev/null || true`]);
    const kilobytes = Number.parseInt(output, 10);
    if (Number.isNaN(kilobytes)) throw new CouldNotRunError(`${this.id}: du says ${output.trim()}`);
    return kilobytes * 1024;
  }
}

const stats = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({
    usage: z.number(),
    stats: z.object({ inactive_file: z.number().optional(), total_inactive_file: z.number().optional() }),
  }),
});
