import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import type { Admin } from "../client/admin.ts";
import { admin } from "./admin.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

/** An operator at an agent that gives this answer to everything, and what the agent was asked. */
async function operator(status: number, body: string): Promise<{ asked: string[]; operator: Admin }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // The first request waits for the HTTP client to load, which takes seconds on a busy machine.
  const options = { timeoutMs: 60_000, clock: realClock() };
  const opened = admin({ node: nodeId("n1"), host: "127.0.0.1", port }, options);
  undo.push(() => {
    void opened.close();
    server.close();
  });
  return { asked, operator: opened };
}

const target = { id: "4f1c-2", name: "n2", address: "10.0.0.2:8300", voter: true, leads: false };

describe("moving Consul's leader", () => {
  it("names the member by its Raft id", async () => {
    const { asked, operator: at } = await operator(200, '{"Success":true}');
    await at.moveLeader?.(target);
    expect(asked).toEqual(["POST /v1/operator/raft/transfer-leader?id=4f1c-2"]);
  });

  it("is not done where Consul says that it did not succeed", async () => {
    const { operator: at } = await operator(200, '{"Success":false}');
    await expect(at.moveLeader?.(target)).rejects.toMatchObject({ code: "unavailable", definite: false });
  });

  it("is unsupported where the version has no such path", async () => {
    const { operator: at } = await operator(404, "");
    await expect(at.moveLeader?.(target)).rejects.toMatchObject({ code: "unsupported", definite: true });
  });

  it("fails where the answer is not JSON of Consul's", async () => {
    const { operator: at } = await operator(200, "<html>");
    await expect(at.moveLeader?.(target)).rejects.toThrow("unexpected response from Consul: <html>");
  });
});
