import { createServer, type Server } from "node:net";
import { rootCertificates } from "node:tls";
import { afterEach, expect, it } from "vitest";
import { nodeId } from "../../../core/op.ts";
import { unreachable } from "./reach.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

async function listening(): Promise<number> {
  const opened = createServer((socket) => {
    socket.on("error", () => {});
    socket.end("this is no TLS");
  });
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, "127.0.0.1", resolve));
  return (opened.address() as { port: number }).port;
}

const endpoint = (host: string, port: number) => ({ node: nodeId("n1"), host, port });

it("an endpoint that accepts connections is reachable, and one that does not is refused", async () => {
  const port = await listening();
  expect(await unreachable(endpoint("127.0.0.1", port))).toBeUndefined();
  await new Promise((resolve) => server?.close(resolve));
  expect(await unreachable(endpoint("127.0.0.1", port))).toBe("connection refused: nothing listens there");
});

it("a host that does not exist is named", async () => {
  expect(await unreachable(endpoint("no-such-host.invalid", 1))).toBe("no such host: no-such-host.invalid");
});

it("a server that does not speak TLS is reported as such", async () => {
  const tls = { ca: rootCertificates[0] as string };
  expect(await unreachable(endpoint("127.0.0.1", await listening()), tls)).toMatch(/^TLS failed: /);
});

it("a port that accepts and never answers is reported with how long it was given", async () => {
  const silent = createServer((socket) => void socket.on("error", () => {}));
  server = silent;
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const tls = { ca: rootCertificates[0] as string };
  expect(await unreachable(endpoint("127.0.0.1", port), tls, 200)).toBe("no answer within 0.2 s");
  expect(await unreachable(endpoint("127.0.0.1", port))).toBeUndefined();
});
