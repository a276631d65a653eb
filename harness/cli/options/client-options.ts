/** The options of `bench` that say how many clients there are, where they run, and what they connect to. */
import { type Command, Option } from "commander";
import type { TargetRole } from "../../../core/run.ts";
import { integerUpTo } from "./arguments.ts";

/** Upper limits: beyond them a run would not end, or not fit into memory. */
const most = { workers: 64, processes: 10_000, connections: 1000 } as const;
const mostByDefault = 1000;
const mostWorkersByDefault = 4;
/** Clients of each node that an open loop may use, however low its rate. */
const leastPerNode = 4;

export interface ClientOptions {
  readonly clients?: number;
  /** Undefined: see `processesFor`. */
  readonly processes?: number;
  /** Undefined: see `workersFor`. */
  readonly workers?: number;
  readonly target: TargetRole | "all";
  /** Undefined: each client has its own. */
  readonly connections?: number;
}

type Sized<T extends keyof ClientOptions> = Pick<ClientOptions, T> & { readonly nodes: number };

/** Upper bound on the clients: as many as an open loop needs if every operation takes until its timeout. */
export const processesFor = (
  { processes, timeout, nodes }: Sized<"processes"> & { readonly timeout: number },
  rate: number,
): number =>
  processes ?? Math.max(leastPerNode * nodes, Math.min(mostByDefault, Math.ceil((rate * timeout) / 1000)));

/** Clients that connect before the load begins: all that the user asked for, else a few for each node. */
export const openedFor = ({ processes, nodes }: Sized<"processes">): number =>
  processes ?? leastPerNode * nodes;

/**
 * Load workers: by default as many as leave the cluster half of the machine. Faults of clients need a second one, that goes
 * on while the first is struck. `processes`: of the whole load.
 */
export function workersFor(
  { workers, nodes }: Sized<"workers">,
  { cores, processes, clientFaults }: { cores: number; processes: number; clientFaults: boolean },
): number {
  if (workers !== undefined) return workers;
  const wanted = Math.max(clientFaults ? 2 : 1, Math.min(mostWorkersByDefault, Math.floor(cores / 2)));
  return Math.max(1, Math.min(wanted, Math.floor(processes / nodes)));
}

export function declareClients(command: Command): Command {
  return command
    .option(
      "--processes <n>",
      `at most this many clients, open loop (default: rate x timeout, at most ${mostByDefault.toLocaleString("en")})`,
      integerUpTo(most.processes),
    )
    .option(
      "--clients <n>",
      "closed loop with this many clients: measures capacity, not latency",
      integerUpTo(most.processes),
    )
    .option(
      "--workers <n>",
      "processes that the clients run in (default: one for every two cores, at most 4; two if clients are struck)",
      integerUpTo(most.workers),
    )
    .addOption(
      new Option(
        "--target <nodes>",
        "nodes that clients are pinned to, by their role at the start of the load",
      )
        .choices(["leader", "followers", "all"])
        .default("all"),
    )
    .option(
      "--connections <n>",
      "connections to each node that the clients of one worker share (default: each client has its own)",
      integerUpTo(most.connections),
    );
}
