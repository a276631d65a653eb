/** Faults of clients: what holds a lock stops, dies, or is cut off, while the cluster and the other clients are well. */
import type { Worker } from "../load/clients.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";

/** A worker that runs; undefined if none does. */
function anyWorker({ clients, random }: Target): Worker | undefined {
  const running = clients.workers.filter((worker) => worker.state() === "running");
  return running.length === 0 ? undefined : random.pick(running);
}

const injected = (summary: string, proof: Injected["proof"], heal: Injected["heal"]): Injected => ({
  summary,
  nodes: [],
  proof,
  heal,
});

export const pauseClient: Nemesis = {
  name: "pause-client",
  summary: "stops one load worker and all its clients, and resumes it",
  requires: new Set(["client-pause"]),
  async inject(target) {
    const worker = anyWorker(target);
    if (worker === undefined) return undefined;
    const proof = await worker.pause();
    return injected(
      `pause client worker ${worker.name}`,
      async () => proof,
      () => worker.resume(),
    );
  },
};

export const killClient: Nemesis = {
  name: "kill-client",
  summary: "kills one load worker and all its clients; another one takes its place",
  requires: new Set(["client-kill"]),
  async inject(target) {
    const worker = anyWorker(target);
    if (worker === undefined) return undefined;
    const proof = await worker.kill();
    return injected(
      `kill client worker ${worker.name}`,
      async () => proof,
      () => worker.replace(),
    );
  },
};

export const partitionClient: Nemesis = {
  name: "partition-client",
  summary: "cuts one load worker and all its clients off from one node, or from all",
  requires: new Set(["worker-cut"]),
  async inject(target) {
    const { cluster, random } = target;
    const worker = anyWorker(target);
    if (worker?.address === undefined) return undefined;
    const ids = cluster.nodes.map(({ id }) => id);
    const cut = random.chance(0.5) ? ids : [random.pick(ids)];
    await cluster.network.cutClients(cut, { name: worker.name, address: worker.address });
    return injected(
      `cut client worker ${worker.name} off from ${cut.length === ids.length ? "all nodes" : cut.join(" ")}`,
      () => cluster.network.proof(),
      () => cluster.network.heal(),
    );
  },
};
