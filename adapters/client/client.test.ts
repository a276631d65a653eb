import { describe, expect, expectTypeOf, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { type ClientWith, offer } from "./client.ts";
import type { KeyValue } from "./kv.ts";
import type { Prefix } from "./prefix.ts";

const endpoint = { node: nodeId("n1"), host: "127.0.0.1", port: 1 };
const options = { timeoutMs: 1000, clock: new VirtualClock() };
const kv: KeyValue = {
  read: async () => ({}),
  write: async () => undefined,
  cas: async () => undefined,
};

/** A system that has `kv` alone, and how often it was connected to. */
function plain() {
  const counts = { opened: 0 };
  const open = async (): Promise<ClientWith<"kv">> => {
    counts.opened++;
    return { kv, close: async () => {}, abandon: () => {} };
  };
  return { counts, ...offer("plain", ["kv"], open) };
}

describe("connecting with needs", () => {
  it("gives a client that has what was asked for, and its type says so", async () => {
    const { connect, capabilities } = plain();
    const client = await connect(endpoint, ["kv"], options);
    expect(client.kv).toBe(kv);
    expect([...capabilities]).toEqual(["kv"]);
    expectTypeOf(client).toEqualTypeOf<ClientWith<"kv">>();
    expectTypeOf<ClientWith<"prefix">["prefix"]>().toEqualTypeOf<Prefix>();
    expectTypeOf<ClientWith<"kv">>().not.toHaveProperty("prefix");
  });

  it("is refused where the system lacks one of them, by name and before a connection is made", async () => {
    const { connect, counts } = plain();
    const refused = connect(endpoint, ["kv", "prefix", "delete"], options);
    await expect(refused).rejects.toMatchObject({ code: "unsupported", definite: true });
    await expect(refused).rejects.toThrow("plain has no prefix, delete: plain offers kv");
    expect(counts.opened).toBe(0);
  });
});
