import { connect } from "node:net";
import {
  GenericContainer,
  type StartedNetwork,
  type StartedTestContainer,
  type WaitStrategy,
} from "testcontainers";
import * as z from "zod";
import type { Deployment } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import { type Clock, withTimeout } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { NodeId } from "../../../core/op.ts";
import { seconds } from "../../../core/time.ts";
import type { Exec } from "../process/shell.ts";
import { asked, type Container, type Docker, runLabels } from "./docker.ts";

/** Path of the data, in the node's container and in its side container. */
export const podDataDir = "/data";

/** Counts a container as started once it runs: whether its node is ready is checked by the system's own means. */
export const atOnce: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => atOnce,
  isStartupTimeoutSet: () => false,
  getStartupTimeout: () => 0,
};

/** Makes connections that were cut off retry soon after a heal; see netns/bridge.ts. */
class SideContainer extends GenericContainer {
  withQuickRetries(kernelVersion: string): this {
    const [major = 0, minor = 0] = kernelVersion.split(".").map((part) => Number.parseInt(part, 10));
    const capsTimeout = major > 6 || (major === 6 && minor >= 15);
    this.hostConfig.Sysctls = {
      "net.ipv4.tcp_retries2": "120",
      ...(capsTimeout && { "net.ipv4.tcp_rto_max_ms": "1000" }),
    };
    return this;
  }
}

export interface PodOptions {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly network: StartedNetwork;
  readonly node: NodeId;
  readonly runId: string;
  readonly deployment: Deployment;
  readonly sideImage: string;
  readonly volume: string;
}

/**
 * Pod of a node: a side container owns the network namespace, the address, the published ports and the data, and lives as long
 * as the cluster; the node's own container joins it. So a killed node returns to the same address, faults and data, as in a
 * Kubernetes pod.
 */
export class Pod {
  readonly node: NodeId;
  readonly address: string;
  readonly volume: string;
  readonly #docker: Docker;
  readonly #container: Container;
  readonly #started: StartedTestContainer;

  private constructor(options: PodOptions, started: StartedTestContainer, address: string) {
    this.node = options.node;
    this.volume = options.volume;
    this.address = address;
    this.#docker = options.docker;
    this.#started = started;
    this.#container = options.docker.container.getById(started.getId());
  }

  static async start(options: PodOptions): Promise<Pod> {
    const { docker, network, node, runId, deployment, sideImage, volume } = options;
    const { KernelVersion } = await asked(docker.container.dockerode.info());
    const clientPorts = Object.values(deployment.ports).filter((port) => port.for === "client");
    const started = await asked(
      new SideContainer(sideImage)
        .withQuickRetries(KernelVersion)
        .withAutoCleanup(false)
        .withName(`assay-${runId}-${node}-side`)
        .withHostname(node)
        .withLabels(runLabels(runId))
        .withNetwork(network)
        .withAddedCapabilities("NET_ADMIN")
        .withBindMounts([{ source: volume, target: podDataDir }])
        .withExposedPorts(...clientPorts.map((port) => port.number))
        .withCommand(["sleep", "infinity"])
        .withWaitStrategy(atOnce)
        .start(),
    );
    const address = started.getIpAddress(network.getName());
    assert(address !== "", `Docker gave ${node} no address`);
    return new Pod(options, started, address);
  }

  get containerId(): string {
    return this.#started.getId();
  }

  /** Runs commands inside: nft, tc, du. */
  readonly exec: Exec = async (argv) => {
    const { exitCode, stdout, output } = await asked(this.#docker.container.exec(this.#container, [...argv]));
    if (exitCode !== 0)
      throw new CouldNotRunError(
        `${argv.join(" ")} exited with ${exitCode} in the pod of ${this.node}: ${output.trim()}`,
      );
    return stdout;
  };

  /** Writes files below the data directory. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    const contents = Object.entries(files).map(([path, content]) => ({
      content,
      target: `${podDataDir}/${path}`,
    }));
    if (contents.length > 0) await asked(this.#started.copyContentToContainer(contents));
  }

  /** Endpoint for clients: the node's own address if it is reachable, otherwise the published port. */
  async reach(port: number, clock: Clock): Promise<{ host: string; port: number }> {
    return (await answers(this.address, clock))
      ? { host: this.address, port }
      : { host: this.#started.getHost(), port: this.#started.getMappedPort(port) };
  }

  /** Bytes that the pod sent and received; undefined if Docker does not say. */
  async networkBytes(): Promise<number | undefined> {
    const figures = networkStats.safeParse(
      await asked(this.#container.stats({ stream: false, "one-shot": true })),
    );
    if (!figures.success) return undefined;
    return Object.values(figures.data.networks).reduce((sum, one) => sum + one.rx_bytes + one.tx_bytes, 0);
  }

  /** Process id of the side container on the Docker host. */
  async hostPid(): Promise<number> {
    return (await asked(this.#docker.container.inspect(this.#container))).State.Pid;
  }
}

const networkStats = z.object({
  networks: z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() })),
});

/** Whether the address is reachable: nothing listens there, so a refusal comes from the address itself. */
async function answers(address: string, clock: Clock): Promise<boolean> {
  const socket = connect({ host: address, port: 1 });
  const refused = new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", (reason: NodeJS.ErrnoException) => resolve(reason.code === "ECONNREFUSED"));
  });
  try {
    return await withTimeout(clock, seconds(1), refused, () => new Error("silence"));
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
