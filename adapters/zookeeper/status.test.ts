import { createServer, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { zookeeper } from "./adapter.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What the adapter's observer makes of a server that answers four letters so, and then hangs up. */
async function counted(answerTo: (word: string) => string): Promise<number | undefined> {
  const server = createServer((socket) => {
    socket.once("data", (word) => socket.end(answerTo(String(word))));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const node = nodeId("n1");
  const observer = zookeeper.observe([{ node, host: "127.0.0.1", port }], {
    clock: realClock(),
    timeoutMs: 10_000,
  });
  return observer.syncs?.(node).finally(() => observer.close());
}

const mntr = [
  "zk_version\t3.9.3-1, built on 2024-10-17 23:21 UTC",
  "zk_avg_fsynctime\t1.25",
  "zk_max_fsynctime\t40",
  "zk_cnt_fsynctime\t4321",
  "zk_sum_fsynctime\t5401",
  "",
].join("\n");

it("takes the number of fsyncs of the log from the answer to `mntr`", async () => {
  expect(await counted((word) => (word === "mntr" ? mntr : ""))).toBe(4321);
});

it("knows no number from a server that does not count, and from one whose whitelist lacks the word", async () => {
  expect(await counted(() => mntr.replace("zk_cnt_fsynctime", "zk_cnt_other"))).toBeUndefined();
  expect(
    await counted((word) => `${word} is not executed because it is not in the whitelist.\n`),
  ).toBeUndefined();
});
