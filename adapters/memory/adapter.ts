/** The in-memory system as an adapter: what the harness is tried on, in virtual time. */
import { ClientError } from "../../core/errors.ts";
import { millis } from "../../core/time.ts";
import type { Adapter, ConnectOptions, Endpoint } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { observable } from "../client/observer.ts";
import type { Deployment } from "../deployment.ts";
import { admin } from "./admin.ts";
import { MemoryClient, offered } from "./client.ts";
import type { MemorySystem } from "./system.ts";
import { watchPromises } from "./watch/client.ts";

const deployment: Deployment = {
  ports: { client: { number: 1, for: "client" } },
  clientPort: "client",
  installed: async () => [],
  installHint: "it is built in",
  sizes: [1, 3, 5],
  launch: () => ({ argv: [], env: {}, files: {} }),
  readySeconds: 10,
};

export const memoryAdapter = (system: MemorySystem): Adapter => ({
  name: "memory",
  summary: "a small replicated store in the harness' own memory",
  promises: {
    reads: { linearizable: { consistency: "linearizable" }, local: { consistency: "stale" } },
    watches: watchPromises,
    session: { renewal: "counted" },
  },
  defaultReadMode: "linearizable",
  localReadMode: "local",
  revisions: "store",
  ...offer("memory", offered, (endpoint, options) => connect(system, endpoint, options)),
  deployment,
  admin: ({ node }, { timeoutMs }) => admin(system, node, timeoutMs),
  ...observable(() => ({
    leader: async () => system.leader,
    ready: async (node) => system.isReady(node),
    close: async () => {},
  })),
});

/** A dead node refuses at once; one that is stopped, or that clients do not reach, does not answer. */
function connect(
  system: MemorySystem,
  { node }: Endpoint,
  { timeoutMs }: ConnectOptions,
): Promise<MemoryClient> {
  const { clock, network } = system;
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => {
      cancel();
      reject(new ClientError("not-connected", why));
    };
    const cancel = clock.after(millis(timeoutMs), () => refuse(`${node} did not answer`));
    network.send("clients", node, () => {
      const target = system.node(node);
      if (target.state() === "killed" || target.state() === "exited") refuse(`${node} refused`);
      else
        target.receive(() =>
          network.send(node, "clients", () => {
            cancel();
            resolve(new MemoryClient(system, node, timeoutMs));
          }),
        );
    });
  });
}
