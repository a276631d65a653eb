import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import { type Link, nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis } from "../../core/time.ts";
import { ledgerDirectory } from "./ledger.ts";
import { loopback } from "./loopback.ts";
import { processState } from "./process-identity.ts";
import type { Cluster, ClusterNode } from "./runtime.ts";
import { EchoClient } from "./testing/echo-client.ts";
import { echoDeployment } from "./testing/echo-deployment.ts";

const clock = realClock();
const [n1, n2, n3] = [nodeId("n1"), nodeId("n2"), nodeId("n3")];
const link = (from: string, to: string): Link => [nodeId(from), nodeId(to)];

let scratch: string;
let cluster: Cluster;
let clients: Record<string, EchoClient>;

const client = (name: string): EchoClient => {
  const found = clients[name];
  if (found === undefined) throw new Error(`no client of ${name}`);
  return found;
};
const node = (name: string): ClusterNode => {
  const found = cluster.nodes.find(({ id }) => id === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
};
const pidOf = (proof: string): number => Number(/process (\d+)/.exec(proof)?.[1]);

async function until(reached: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = clock.now() + millis(5_000); !(await reached()); await sleep(clock, millis(10)))
    if (clock.now() > deadline) throw new Error(`never: ${reached}`);
}

/** Waits until `from` has a working connection to `to` again. */
const reaches = (from: string, to: string): Promise<void> =>
  until(
    async () =>
      (await client(from)
        .ask(to, 200)
        .catch(() => "")) !== "",
  );

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "assay-loopback-"));
  const topology = {
    size: 3,
    system: "echo",
    program: (await echoDeployment.installed())[0],
    extraArgs: [],
    dataDir: join(scratch, "data"),
    logDir: scratch,
    runId: `test-loopback-${process.pid}`,
  };
  cluster = await loopback.start(echoDeployment, topology, { clock, log: () => {} });
  const connected = cluster.nodes.map(
    async ({ id, endpoint }) => [id, await EchoClient.connect(clock, endpoint)] as const,
  );
  clients = Object.fromEntries(await Promise.all(connected));
  await reaches("n1", "n2");
  await reaches("n1", "n3");
  await reaches("n2", "n1");
});

afterAll(async () => {
  await cluster.stop();
  rmSync(scratch, { recursive: true, force: true });
});

describe("a cut link of loopback", () => {
  it("swallows bytes both ways when both links are cut, spares the others, and proves it", async () => {
    await cluster.network.cut([link("n1", "n2"), link("n2", "n1")]);
    await expect(client("n1").ask("n2", 150)).rejects.toThrow("no answer");
    await expect(client("n2").ask("n1", 150)).rejects.toThrow("no answer");
    await client("n1").ask("n3");
    expect(await cluster.network.proof()).toMatch(/n1 -> n2 refused 1 write .*n2 -> n1 refused 1 write/);
    await cluster.network.heal();
    await reaches("n1", "n2");
    await reaches("n2", "n1");
  });

  it("swallows only what the first node says, whichever side dialled", async () => {
    await cluster.network.cut([link("n1", "n2")]);
    // n1 dialled: its question is lost.
    const lost = client("n1").nextWord();
    client("n1").say("n2", lost);
    // n2 dialled: its question arrives, and n1's echo is lost.
    const arrives = client("n2").nextWord();
    client("n2").say("n1", arrives);
    await until(async () => (await client("n1").heard()).includes(arrives));
    await until(async () => ((await cluster.network.proof()) ?? "").includes("n1 -> n2 refused 2 writes"));
    expect(await client("n2").heard()).not.toContain(lost);
    expect(await cluster.network.proof()).not.toContain("n2 -> n1");
    await cluster.network.heal();
    await reaches("n1", "n2");
    await reaches("n2", "n1");
    expect(await client("n2").heard()).not.toContain(lost);
  });

  it("lets no new connection through, and lets go of those that waited when it heals", async () => {
    await cluster.network.cut([link("n3", "n1")]);
    // The connection that n1 keeps to n3 breaks with n3; its next one must not reach n1's proxy to n3 either.
    await node("n3").kill();
    await node("n3").start();
    client("n3").close();
    clients["n3"] = await EchoClient.connect(clock, node("n3").endpoint);
    await expect(client("n3").ask("n1", 150)).rejects.toThrow("no answer");
    expect(await cluster.network.proof()).toMatch(/n3 -> n1 refused .*1 connect/);
    await cluster.network.heal();
    await reaches("n3", "n1");
    await reaches("n1", "n3");
  });

  it("is not proven while nothing met it", async () => {
    await cluster.network.cut([link("n2", "n3"), link("n3", "n2")]);
    expect(await cluster.network.proof()).toBeUndefined();
    await cluster.network.heal();
  });
});

describe("a slow link of loopback", () => {
  it("delays what passes over it and keeps the order", async () => {
    await cluster.network.slow([link("n1", "n2")], 40, 20);
    expect(await client("n1").roundTripMs("n2")).toBeGreaterThanOrEqual(40);
    const words = Array.from({ length: 20 }, () => client("n1").nextWord());
    for (const word of words) client("n1").say("n2", word);
    await until(async () => (await client("n2").heard()).includes(words.at(-1) ?? ""));
    expect((await client("n2").heard()).filter((word) => words.includes(word))).toEqual(words);
    expect(await cluster.network.proof()).toMatch(/n1 -> n2 delayed \d+ write/);
    await cluster.network.heal();
    await client("n1").ask("n2");
    const roundTrips = await Promise.all(Array.from({ length: 5 }, () => client("n1").roundTripMs("n2")));
    expect(Math.min(...roundTrips)).toBeLessThan(40);
  });
});

describe("a node of loopback", () => {
  it("is gone when killed, and comes back on the same address with its data", async () => {
    const { endpoint } = node("n2");
    const pid = pidOf(await node("n2").kill());
    expect(node("n2").state()).toBe("killed");
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(await node("n2").usage()).toBeUndefined();
    await node("n2").start();
    expect(node("n2").state()).toBe("running");
    expect(node("n2").endpoint).toEqual(endpoint);
    client("n2").close();
    clients["n2"] = await EchoClient.connect(clock, endpoint);
    await reaches("n1", "n2");
    expect(readFileSync(join(scratch, "data", n2, "starts"), "utf8")).toBe("..");
  });

  it("answers nothing while paused, and what it was asked when it goes on", async () => {
    const pid = pidOf(await node("n2").pause());
    expect(node("n2").state()).toBe("paused");
    expect(processState(pid)).toBe("T");
    const word = client("n1").nextWord();
    client("n1").say("n2", word);
    await expect(client("n1").ask("n2", 150)).rejects.toThrow("no answer");
    await node("n2").resume();
    expect(node("n2").state()).toBe("running");
    await until(async () => (await client("n2").heard()).includes(word));
  });

  it("can be killed while paused", async () => {
    await node("n3").pause();
    expect(await node("n3").kill()).toContain("SIGKILL");
    await node("n3").resume();
    expect(node("n3").state()).toBe("killed");
    await node("n3").start();
    client("n3").close();
    clients["n3"] = await EchoClient.connect(clock, node("n3").endpoint);
  });

  it("is exited when it ends by itself", async () => {
    const proof = await node("n3").pause();
    await node("n3").resume();
    process.kill(pidOf(proof), "SIGTERM");
    await until(() => node("n3").state() === "exited");
    await node("n3").start();
    expect(node("n3").state()).toBe("running");
  });

  it("tells its last log lines and what it uses", async () => {
    expect(await node("n1").logTail(5)).toBe("n1 starts");
    const usage = await node("n1").usage();
    if (!existsSync("/proc")) return;
    expect(usage?.cpuSeconds).toBeGreaterThan(0);
    expect(usage?.memoryBytes).toBeGreaterThan(1 << 20);
    expect(usage?.diskBytes).toBeGreaterThan(0);
  });
});

describe("loopback", () => {
  it("leaves nothing but logs when it stops", async () => {
    const proofs = await Promise.all([node("n1").pause(), node("n2").pause()]);
    await cluster.stop();
    await cluster.stop();
    for (const proof of proofs) expect(processState(pidOf(proof))).toBeUndefined();
    expect(readdirSync(scratch).sort()).toEqual([n1, n2, n3].map((id) => `${id}.log`));
    expect(readdirSync(ledgerDirectory()).join()).not.toContain(`test-loopback-${process.pid}`);
  });

  it("says what is missing where a program cannot be started, and leaves nothing", async () => {
    const topology = {
      size: 1,
      system: "echo",
      program: { version: "1", command: "/nonexistent/program" },
      extraArgs: [],
      dataDir: join(scratch, "none"),
      logDir: scratch,
      runId: `test-nothing-${process.pid}`,
    };
    await expect(loopback.start(echoDeployment, topology, { clock, log: () => {} })).rejects.toThrow(
      "cannot start /nonexistent/program",
    );
    expect(existsSync(join(scratch, "none"))).toBe(false);
    expect(readdirSync(ledgerDirectory()).join()).not.toContain(`test-nothing-${process.pid}`);
  });
});
