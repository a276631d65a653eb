import { expect, it } from "vitest";
import { noProbe } from "../load/client-probe.ts";
import type { ClientHost, Clients } from "../load/clients.ts";
import { localClients } from "../load/local-clients.ts";
import { TestTrial } from "../testing/trial.ts";

const load = { kind: "closed", processes: 9, seconds: 2 } as const;
/** A closed loop that is answered at once asks very often. */
const slow = { latencyMs: { min: 5, max: 5 } };

/** A trial whose clients are broken while they talk to the null server: those that are made first. */
function withBroken(broken: (own: Clients) => Partial<Clients>) {
  const host = localClients(noProbe);
  let made = 0;
  const clients: ClientHost = {
    ...host,
    make(context) {
      const own = host.make(context);
      return made++ === 0 ? { ...own, ...broken(own) } : own;
    },
  };
  const closed: string[] = [];
  const nullServer = async () => ({ port: 1, close: async () => void closed.push("null server") });
  const trial = new TestTrial({ spec: { load }, nemeses: [], memory: slow, deps: { nullServer, clients } });
  return { trial, closed };
}

const failing = async (): Promise<never> => {
  throw new Error("broken clients");
};

it.each<[string, (own: Clients) => Partial<Clients>]>([
  [
    "cannot be made",
    () => {
      throw new Error("broken clients");
    },
  ],
  ["cannot be opened", () => ({ open: failing })],
  ["cannot be counted", () => ({ succeeded: failing })],
  ["cannot be closed", () => ({ close: failing })],
])("the null server is closed where clients %s", async (_, broken) => {
  const { trial, closed } = withBroken(broken);
  await expect(trial.run()).rejects.toThrow("broken clients");
  expect(closed).toEqual(["null server"]);
});

it("the ceiling is of counts that were asked for at both ends of the time, not of the last reports", async () => {
  const asked: number[] = [];
  const { trial } = withBroken((own) => ({
    async succeeded() {
      asked.push(trial.deps.clock.now());
      return await own.succeeded();
    },
  }));
  await trial.run();
  const [before = 0, after = 0, ...more] = asked;
  expect(after - before).toBe(2e9);
  expect(more).toEqual([]);
});
