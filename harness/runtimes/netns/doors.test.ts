import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { nodeId } from "../../../core/op.ts";
import { behindDoors, openDoors } from "./doors.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** A server that answers what it got, and its name, when the other side has ended. */
async function echo(name: string) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", () => socket.end(`${name}: ${Buffer.concat(chunks)}`));
  });
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { node: nodeId(name), host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

async function ask({ host, port }: { host: string; port: number }, text: string): Promise<string> {
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

it("leads from loopback to the node behind each door, and to no other", async () => {
  const doors = await openDoors(2);
  open.push(doors);
  const nodes = [await echo("n1"), await echo("n2")];
  const inside = await behindDoors(nodes, doors.env);
  if (inside === undefined) throw new Error("there are no doors");
  open.push(inside);
  const [first, second] = inside.endpoints;
  expect(first).toMatchObject({ node: "n1", host: "127.0.0.1" });
  const answers = await Promise.all(inside.endpoints.map((door) => ask(door, "hello")));
  expect(answers).toEqual(["n1: hello", "n2: hello"]);
  expect(second?.port).not.toBe(first?.port);
});

it("closes a connection while nobody is behind the door, and leaves nothing when it is closed", async () => {
  const doors = await openDoors(1);
  const [directory = "", port] = Object.values(doors.env)[0]?.split(":") ?? [];
  expect(existsSync(directory)).toBe(true);
  await expect(ask({ host: "127.0.0.1", port: Number(port) }, "hello")).rejects.toThrow();
  await doors.close();
  expect(existsSync(directory)).toBe(false);
});

it("is not there where nobody opened doors", async () => {
  expect(await behindDoors([], {})).toBeUndefined();
});
