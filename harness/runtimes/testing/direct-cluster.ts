import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address, Deployment, Installed, NodeLaunch, NodeView } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import type { Clock } from "../../../core/clock.ts";
import { nodeId } from "../../../core/op.ts";
import { ChildNode } from "../process/child-node.ts";
import { Supervisor } from "../process/supervisor.ts";

export interface DirectOptions {
  readonly size: number;
  readonly clock: Clock;
  /** One of the installed programs; the best one by default. */
  readonly program?: Installed;
  /** Changes the command line or the files before the node is made. */
  readonly tailor?: (launch: NodeLaunch, node: NodeView) => NodeLaunch;
}

export interface DirectCluster {
  readonly nodes: readonly ChildNode[];
  stop(): Promise<void>;
}

let made = 0;

/**
 * For tests of adapters: child processes with an address of 127.0.0.0/8 each, on the system's usual ports, that reach
 * each other directly. Unlike loopback it takes systems whose members must agree on each other's addresses.
 */
export async function startDirect(deployment: Deployment, options: DirectOptions): Promise<DirectCluster> {
  const runId = `direct-${process.pid}-${++made}`;
  const supervisor = new Supervisor(runId);
  const directory = mkdtempSync(join(tmpdir(), `${runId}-`));
  supervisor.ownDirectory(directory);
  const program = options.program ?? (await deployment.installed())[0];
  assert(program !== undefined, `no program: ${deployment.installHint}`);
  mkdirSync(join(directory, "logs"));
  const nodes = Array.from({ length: options.size }, (_, i) => {
    const node = viewOf(i + 1, options.size, deployment, program, directory);
    const plain = deployment.launch(node);
    const address = node.listen[deployment.clientPort];
    assert(address !== undefined, `no port ${deployment.clientPort}`);
    return new ChildNode({
      id: node.id,
      endpoint: { node: node.id, ...address },
      addresses: node.listen,
      launch: options.tailor?.(plain, node) ?? plain,
      dataDir: node.dataDir,
      logFile: join(directory, "logs", `${node.id}.log`),
      supervisor,
      clock: options.clock,
    });
  });
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (reason) {
    await supervisor.close();
    throw reason;
  }
  return { nodes, stop: () => supervisor.close() };
}

/** Processes that run side by side get addresses of their own from their number, clusters of one process by count. */
const hostOf = (index: number): string =>
  `127.${100 + ((process.pid >> 8) % 100)}.${process.pid % 256}.${((made * 8) % 248) + index}`;

function viewOf(
  index: number,
  size: number,
  deployment: Deployment,
  program: Installed,
  directory: string,
): NodeView {
  const addressesOf = (i: number): Record<string, Address> =>
    Object.fromEntries(
      Object.entries(deployment.ports).map(([name, { number }]) => [name, { host: hostOf(i), port: number }]),
    );
  const others = Array.from({ length: size }, (_, i) => i + 1).filter((i) => i !== index);
  return {
    id: nodeId(`n${index}`),
    index,
    dataDir: join(directory, `n${index}`),
    listen: addressesOf(index),
    advertise: addressesOf(index),
    peers: others.map((i) => ({ id: nodeId(`n${i}`), index: i, addresses: addressesOf(i) })),
    extraArgs: [],
    version: program.version,
    command: program.command,
  };
}
