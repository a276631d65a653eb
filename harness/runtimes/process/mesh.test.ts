import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeId } from "../../../core/op.ts";
import { until } from "../testing/echo-cluster.ts";
import { processState } from "./identity.ts";
import { Mesh } from "./mesh.ts";
import { type Child, Supervisor, type TalkingChild } from "./supervisor.ts";

const [n1, n2] = [nodeId("n1"), nodeId("n2")];

/** Keeps the processes that it starts, for the test to strike. */
class OpenSupervisor extends Supervisor {
  child: TalkingChild | undefined;

  override async spawnTalking(...args: Parameters<Supervisor["spawnTalking"]>): Promise<TalkingChild> {
    this.child = await super.spawnTalking(...args);
    return this.child;
  }
}

let scratch: string;
let supervisor: OpenSupervisor;
let mesh: Mesh;
const child = (): Child => supervisor.child as Child;

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "assay-mesh-"));
  supervisor = new OpenSupervisor(`test-mesh-${process.pid}`);
  mesh = await Mesh.start(supervisor, { nodes: [n1, n2], seed: 1 }, join(scratch, "data"));
});
afterEach(async () => {
  await supervisor.close();
  rmSync(scratch, { recursive: true, force: true });
});

it("cuts, proves and heals from another process", async () => {
  let heard = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += bytes;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect(await mesh.open(n1, n2, { host: "127.0.0.1", port }));
  socket.on("error", () => {});
  try {
    socket.write("through");
    await until(() => heard === "through");
    await mesh.cut([[n1, n2]]);
    expect(await mesh.proof()).toBeUndefined();
    socket.write("lost");
    await until(async () => (await mesh.proof()) === "n1 -> n2 refused 1 write (4 bytes)");
    await mesh.heal();
    expect(await mesh.proof()).toBeUndefined();
    expect(heard).toBe("through");
  } finally {
    socket.destroy();
    server.close();
  }
});

it("ends with its supervisor", async () => {
  const { pid } = child();
  expect(processState(pid)).toBeDefined();
  await supervisor.close();
  expect(processState(pid)).toBeUndefined();
});

it("ends when nobody can speak to it any more", async () => {
  supervisor.child?.input.end();
  expect(await child().exited).toBe("exit status 0");
});

it("reports that its process ended, to who waits and to who asks later", async () => {
  child().signal("SIGSTOP");
  const waiting = expect(mesh.cut([[n1, n2]])).rejects.toThrow(
    "the process of the proxies between the nodes ended (SIGKILL)",
  );
  child().signal("SIGKILL");
  await waiting;
  await expect(mesh.heal()).rejects.toMatchObject({ name: "CouldNotRunError" });
});

it("reports what it cannot do, and goes on", async () => {
  const nowhere = { host: "127.0.0.1", port: 1 };
  await expect(mesh.open(n1, nodeId("n9"), nowhere)).rejects.toThrow("no link n1 -> n9");
  expect((await mesh.open(n1, n2, nowhere)).host).toBe("127.0.0.1");
  expect(existsSync(join(scratch, "data", "proxies.log"))).toBe(true);
});
