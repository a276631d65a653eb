import type { ClientHost, Worker } from "../load/clients.ts";
import type { Cluster, ClusterNode } from "../runtimes/runtime.ts";

/** Undoes every fault, no matter what injected it. Reports failures to `onError` and continues. */
export async function healEverything(
  cluster: Cluster,
  { workers }: Pick<ClientHost, "workers">,
  onError: (reason: unknown) => void,
): Promise<void> {
  const healed = await Promise.allSettled([
    cluster.network.heal(),
    ...cluster.nodes.map(revive),
    ...workers.map(reviveWorker),
  ]);
  for (const result of healed) if (result.status === "rejected") onError(result.reason);
}

async function revive(node: ClusterNode): Promise<void> {
  if (node.state() === "paused") await node.resume();
  if (node.state() === "killed") await node.start();
}

async function reviveWorker(worker: Worker): Promise<void> {
  if (worker.state() === "paused") await worker.resume();
  if (worker.state() === "killed") await worker.replace();
}
