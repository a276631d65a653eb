/** Clients in this process: for virtual time, where every operation waits for the same clock. */
import { createRandom } from "../../core/random.ts";
import { wholeLoad } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { ClientGroup } from "./client-group.ts";
import type { ClientProbe } from "./client-probe.ts";
import type { ClientHost, Clients, ClientsContext } from "./clients.ts";

/** No client can be stopped or killed: there is no process of its own to do it to. */
export const localClients = (probe: ClientProbe): ClientHost => ({
  faults: new Set(),
  workers: [],
  prepare: async () => {},
  make: (context) => clientsHere(context, probe),
  close: async () => {},
});

function clientsHere({ seed, phase, records, ...context }: ClientsContext, probe: ClientProbe): Clients {
  const recorder = records?.recorder ?? new Recorder(context.clock, () => {});
  const random = randomOfPhase(seed, phase);
  const group = new ClientGroup({ ...context, random, recorder, share: wholeLoad });
  if (phase === "warm-up") group.countLoad();
  return {
    numbering: group.numbering,
    open: () => group.open(),
    start(begin) {
      if (records === undefined) recorder.begin(begin);
      probe.start();
      group.start(begin);
    },
    succeeded: async () => group.succeeded,
    async stop() {
      const busy = probe.stop();
      await group.stop();
      const { unsent, sendLagMsP99 } = group;
      return { unsent, workers: [{ sendLagMsP99, ...busy }] };
    },
    async close() {
      await group.stop();
      await group.close();
    },
  };
}

/** What the clients of a phase draw from. */
export const randomOfPhase = (seed: number, phase: ClientsContext["phase"]) =>
  phase === "main" ? createRandom(seed) : createRandom(seed).fork(phase);
