import { rm } from "node:fs/promises";
import { connect } from "node:net";
import type { Endpoint } from "../../../adapters/adapter.ts";
import { type Clock, sleep } from "../../../core/clock.ts";
import { CouldNotRunError, UsageError } from "../../../core/errors.ts";
import type { Fault } from "../../../core/fault.ts";
import { type Link, type NodeId, nodeId } from "../../../core/op.ts";
import { millis, nanos, seconds } from "../../../core/time.ts";
import { count } from "../../../core/wording.ts";
import { lines } from "../../lines.ts";
import { once } from "../once.ts";
import { run } from "../process/shell.ts";
import type { Cluster, ClusterNode, Network, Runtime } from "../runtime.ts";

export interface ExternalOptions {
  /** Value of `--endpoint`: `n1=host:port,n2=host:port`. */
  readonly endpoints?: string;
  /**
   * Shell command of the user that injects faults, called with arguments: `cut n1,n2 n2,n1` (links, from and to), `heal`,
   * `kill n1`, `start n1`. It exits with 0 when that is done. The output of `cut` is the proof that the cut took effect.
   */
  readonly faultCommand?: string;
}

/** How long a killed node may continue to accept connections. */
const killLimit = seconds(10);
const probeEvery = millis(100);

/** A cluster run by somebody else, given by endpoints: nodes are started and stopped only by the user's command. */
export function external(options: ExternalOptions = {}): Runtime {
  return {
    name: "external",
    summary: "your own cluster, given by --endpoint; faults by --fault-command",
    outlivesRun: true,
    faults: new Set<Fault>(options.faultCommand === undefined ? [] : ["link-cut", "kill", "restart"]),

    missing: async () =>
      options.endpoints === undefined ? "needs --endpoint n1=host:port,n2=host:port,…" : undefined,

    async start(_deployment, topology, { clock }) {
      const endpoints = parseEndpoints(options.endpoints ?? "");
      if (endpoints.length !== topology.size)
        throw new UsageError(
          `--endpoint lists ${count(endpoints.length, "node")}, but --nodes is ${topology.size}: they must match`,
        );
      const command = new FaultCommand(options.faultCommand);
      const nodes = endpoints.map((endpoint) => new ExternalNode(endpoint, command, clock));
      const network = new ExternalNetwork(command);
      const stop = once(async () => {
        await network.heal();
        await Promise.all(nodes.filter((node) => node.state() === "killed").map((node) => node.start()));
        await rm(topology.dataDir, { recursive: true, force: true });
      });
      return { nodes, network, stop } satisfies Cluster;
    },
  };
}

/** Parses `--endpoint`; a malformed part is a UsageError that quotes it. */
export function parseEndpoints(text: string): Endpoint[] {
  const endpoints = text.split(",").map((part) => {
    const match = /^([^=\s]+)=(?:\[([^\]]+)\]|([^:\s]+)):(\d+)$/.exec(part.trim());
    const [, node, bracketed, plain, port] = match ?? [];
    const host = bracketed ?? plain;
    if (node === undefined || host === undefined || Number(port) > 65_535)
      throw new UsageError(`--endpoint: expected n1=host:port, got "${part}"`);
    return { node: nodeId(node), host, port: Number(port) };
  });
  const names = endpoints.map(({ node }) => node);
  const twice = names.find((node, i) => names.indexOf(node) !== i);
  if (twice !== undefined)
    throw new UsageError(`--endpoint: ${twice} is listed twice: give each node a name of its own`);
  return endpoints;
}

class FaultCommand {
  readonly #command: string | undefined;

  constructor(command: string | undefined) {
    this.#command = command;
  }

  /** Runs the user's command, if there is one; resolves with its output. */
  async call(...words: readonly string[]): Promise<string> {
    if (this.#command === undefined) return "";
    return await run(["sh", "-c", `${this.#command} "$@"`, "fault-command", ...words]);
  }
}

class ExternalNode implements ClusterNode {
  readonly id: NodeId;
  readonly endpoint: Endpoint;
  readonly #command: FaultCommand;
  readonly #clock: Clock;
  #killed = false;

  constructor(endpoint: Endpoint, command: FaultCommand, clock: Clock) {
    this.id = endpoint.node;
    this.endpoint = endpoint;
    this.#command = command;
    this.#clock = clock;
  }

  state(): "running" | "killed" {
    return this.#killed ? "killed" : "running";
  }

  async start(): Promise<void> {
    await this.#command.call("start", this.id);
    this.#killed = false;
  }

  async kill(): Promise<string> {
    this.#killed = true;
    await this.#command.call("kill", this.id);
    const { host, port } = this.endpoint;
    const deadline = nanos(this.#clock.now() + killLimit);
    while (await accepts(this.endpoint)) {
      if (this.#clock.now() > deadline)
        throw new CouldNotRunError(
          `the fault command killed ${this.id}, but ${host}:${port} still accepts connections`,
        );
      await sleep(this.#clock, probeEvery);
    }
    return `${host}:${port} refuses connections`;
  }

  pause(): Promise<string> {
    return cannot("pause a node");
  }

  resume(): Promise<void> {
    return cannot("resume a node");
  }

  async usage(): Promise<undefined> {
    return undefined;
  }

  async logTail(): Promise<string> {
    return "";
  }
}

class ExternalNetwork implements Network {
  readonly #command: FaultCommand;
  #cut = false;
  #proof: string[] = [];

  constructor(command: FaultCommand) {
    this.#command = command;
  }

  async cut(links: readonly Link[]): Promise<void> {
    this.#cut = true;
    this.#proof.push(
      ...lines(await this.#command.call("cut", ...links.map(([from, to]) => `${from},${to}`))),
    );
  }

  /** The user's command can only heal everything. */
  mend(): Promise<void> {
    return this.heal();
  }

  async heal(): Promise<void> {
    if (!this.#cut) return;
    await this.#command.call("heal");
    this.#cut = false;
    this.#proof = [];
  }

  async proof(): Promise<string | undefined> {
    return this.#proof.length > 0 ? `the fault command reported: ${this.#proof.join("; ")}` : undefined;
  }

  /** What becomes of connections is up to the fault command. */
  async breakConnections(): Promise<void> {}

  cutClients(): Promise<void> {
    return cannot("cut clients off");
  }

  slow(): Promise<void> {
    return cannot("slow links");
  }

  lose(): Promise<void> {
    return cannot("drop packets");
  }
}

const cannot = (what: string): Promise<never> =>
  Promise.reject(new CouldNotRunError(`the external runtime cannot ${what}`));

function accepts({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
