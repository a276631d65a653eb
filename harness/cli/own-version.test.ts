import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { versionOfNodes } from "./own-version.ts";

const options = { clock: realClock(), timeoutMs: 1000 };
let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer((socket) => void socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as { port: number }).port;
});
afterEach(() => void server.close());

const nodes = () => ["n1", "n2", "n3"].map((name) => ({ node: nodeId(name), host: "127.0.0.1", port }));
const saying = (versions: Readonly<Record<string, string>>) => ({
  version: async ({ node }: { readonly node: string }) => versions[node],
});

it("names the version that all nodes give, and each of several during an upgrade", async () => {
  expect(await versionOfNodes(nodes(), saying({ n1: "3.5", n2: "3.5", n3: "3.5" }), options)).toBe("3.5");
  expect(await versionOfNodes(nodes(), saying({ n1: "3.5", n2: "3.4" }), options)).toBe("3.4 and 3.5");
});

it("says that the version is unknown if no node gives one, or none can be asked", async () => {
  expect(await versionOfNodes(nodes(), saying({}), options)).toBe("unknown");
  expect(await versionOfNodes(nodes(), {}, options)).toBe("unknown");
});

it("asks no node for its version if one of them is not reached", async () => {
  let asked = 0;
  const version = async () => String(++asked);
  const [n1] = nodes();
  const all = [...nodes(), { node: nodeId("n4"), host: "127.0.0.1", port: 1 }];
  await expect(versionOfNodes(all, { version }, options)).rejects.toThrow(
    "cannot reach n4 (127.0.0.1:1): connection refused: nothing listens there",
  );
  expect([asked, n1?.port]).toEqual([0, port]);
});
