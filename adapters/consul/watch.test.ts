import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { clock, until } from "../conformance/cluster.ts";
import { collect } from "../conformance/collect.ts";
import { ConsulWatches, nextIndex } from "./watch.ts";

let server: Server;
let asked: {
  readonly url: string;
  readonly answer: (index: number, value?: string) => void;
  readonly fail: () => void;
}[];
let watches: ConsulWatches;

/** A node that answers when the tests say so. */
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({
      url: request.url ?? "",
      answer: answering(response),
      fail: () => response.writeHead(500).end("No cluster leader"),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  // The first query waits for the HTTP client to load, which takes seconds on a busy machine.
  watches = new ConsulWatches({ node: nodeId("n1"), host: "127.0.0.1", port }, { timeoutMs: 60_000, clock });
});
afterEach(async () => {
  await watches.close();
  server.close();
});

const answering = (response: ServerResponse) => (index: number, value?: string) => {
  const entry = { Key: "assay/k", Value: Buffer.from(value ?? "").toString("base64"), ModifyIndex: index };
  response.writeHead(value === undefined ? 404 : 200, { "x-consul-index": index });
  response.end(value === undefined ? "" : JSON.stringify([entry]));
};

describe("a blocking query", () => {
  it("waits for the index of the last answer, and delivers what is new", async () => {
    const opening = watches.open({ kind: "blocking", target: { key: "k" } });
    await until("a query", async () => asked.length === 1);
    asked[0]?.answer(4);
    const watch = await opening;
    expect(watch.revision).toBe(4);
    const heard = collect(watch);
    for (const [i, [index, value]] of (
      [
        [7, "1"],
        [7, "1"],
        [9, "2"],
      ] as const
    ).entries()) {
      await until("a query", async () => asked.length === i + 2);
      asked[i + 1]?.answer(index, value);
    }
    await until("the last", async () => heard.deliveries.length === 3);
    expect(heard.deliveries).toEqual([
      [{ f: "state", key: "k", value: null, revision: 4 }],
      [{ f: "state", key: "k", value: "1", revision: 7 }],
      [{ f: "state", key: "k", value: "2", revision: 9 }],
    ]);
    expect(asked.map(({ url }) => /index=(\d+)/.exec(url)?.[1])).toEqual(
      [undefined, "4", "7", "7", "9"].slice(0, asked.length),
    );
  });

  it("starts again without waiting where the index went back, and never waits for index 0", () => {
    expect(nextIndex(7, { index: 9 })).toBe(9);
    expect(nextIndex(7, { index: 3 })).toBe(0);
    expect(nextIndex(0, { index: 0 })).toBe(1);
    expect(nextIndex(0, { index: undefined })).toBe(1);
  });

  it("does not ask again before its reader has taken the last answer", async () => {
    const opening = watches.open({ kind: "blocking-stale", target: { key: "k" } });
    await until("a query", async () => asked.length === 1);
    asked[0]?.answer(4, "1");
    const watch = await opening;
    expect(asked).toHaveLength(1);
    await watch.next();
    await until("the next query", async () => asked.length === 2);
    expect(asked[1]?.url).toBe("/v1/kv/assay/k?stale&index=4&wait=10s");
  });

  it("ends with the code of an error that the node answers with", async () => {
    const opening = watches.open({ kind: "blocking", target: { prefix: "k" } });
    await until("a query", async () => asked.length === 1);
    asked[0]?.answer(4, "1");
    const heard = collect(await opening);
    await until("the next query", async () => asked.length === 2);
    asked[1]?.fail();
    await until("the end", async () => heard.isOver());
    expect(heard.deliveries).toEqual([
      [{ f: "state", value: { k: "1" }, revision: 4 }],
      [{ f: "ended", value: "no-leader" }],
    ]);
  });
});
