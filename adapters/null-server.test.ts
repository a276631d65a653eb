import { expect, it } from "vitest";
import { nodeId } from "../core/op.ts";
import { realClock } from "../core/real-clock.ts";
import type { Adapter } from "./adapter.ts";
import { adapters } from "./registry.ts";

const options = { clock: realClock(), timeoutMs: 5000 };

it.each(Object.values<Adapter>(adapters).map((adapter) => [adapter.name, adapter] as const))(
  "the null server of %s answers what a load asks, and keeps nothing",
  async (name, adapter) => {
    const port = (await adapter.nullServer?.()) ?? 0;
    const endpoint = { node: nodeId("n1"), host: "127.0.0.1", port };
    const client = await adapter.connect(endpoint, ["kv", "delete", "prefix", "txn"], options);
    const read = () =>
      Promise.all(Object.keys(adapter.promises.reads).map((mode) => client.kv.read("k", mode)));
    await client.kv.write("k", "1");
    for (const { value } of await read()) expect(value).toBeUndefined();
    await expect(client.kv.cas("k", "1", "2")).rejects.toMatchObject({
      code: name === "zookeeper" || name === "consul" ? "conflict" : "mismatch",
    });
    expect((await client.prefix.list("k", adapter.defaultReadMode)).size).toBe(0);
    await client.close();
  },
);
