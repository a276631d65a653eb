import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter, ConnectOptions } from "../adapter.ts";
import { Bench, patient, type TestCluster, untilReady, within } from "./cluster.ts";

/** A cluster that requires users or certificates, and its tests. */
export interface Guarded {
  /** `TLS`, `user and password`, … */
  readonly by: string;
  readonly start: () => Promise<TestCluster>;
  /** What it asks for before it is guarded, through a client that is let in. */
  readonly prepare?: (cluster: TestCluster) => Promise<void>;
  readonly accepted: Partial<ConnectOptions>;
  /** By what is wrong with them. */
  readonly refused: Readonly<Record<string, Partial<ConnectOptions>>>;
}

/** Credentials and certificates: the right ones work everywhere, the wrong ones are refused and have no effect. */
export function conformsGuarded(adapter: Adapter, guarded: Guarded): void {
  describe(`${adapter.name} guarded by ${guarded.by}`, () => {
    const bench = new Bench(adapter);
    const accepted: ConnectOptions = { ...patient, ...guarded.accepted };
    let cluster: TestCluster;

    beforeAll(async () => {
      cluster = await guarded.start();
      if (guarded.prepare !== undefined) await guarded.prepare(cluster);
      await untilReady(adapter, cluster.nodes, guarded.accepted);
    }, 120_000);
    afterAll(async () => {
      await bench.closeClients();
      await cluster?.stop();
    });

    it("serves who is let in, at every node", async () => {
      const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
      for (const endpoint of endpoints) {
        const client = await bench.client(endpoint, accepted);
        await client.kv.write("guarded", endpoint.node);
        expect((await client.kv.read("guarded", adapter.defaultReadMode)).value).toBe(endpoint.node);
      }
      expect(await adapter.leader(endpoints, accepted)).toBeDefined();
    });

    it.each(Object.entries(guarded.refused))("refuses %s, definitely", async (_, options) => {
      const endpoint = cluster.nodes[0]?.endpoint;
      if (endpoint === undefined) throw new Error("no node");
      const attempt = async () => {
        const client = await bench.client(endpoint, { ...within(3000), ...options });
        await client.kv.write("guarded", "refused");
      };
      await expect(attempt()).rejects.toMatchObject({ definite: true });
      const client = await bench.client(endpoint, accepted);
      expect((await client.kv.read("guarded", adapter.defaultReadMode)).value).not.toBe("refused");
      expect(await adapter.ready(endpoint, { ...within(3000), ...options })).toBe(false);
    });
  });
}
