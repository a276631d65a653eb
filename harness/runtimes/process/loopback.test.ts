import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../core/real-clock.ts";
import { EchoCluster, link, until } from "../testing/echo-cluster.ts";
import { echoDeployment } from "../testing/echo-deployment.ts";
import { runtimeContract } from "../testing/runtime-contract.ts";
import { processState } from "./identity.ts";
import { ledgerDirectory } from "./ledger.ts";
import { loopback } from "./loopback.ts";

const pidOf = (proof: string): number => Number(/process (\d+)/.exec(proof)?.[1]);

describe("the runtime loopback", () => runtimeContract(loopback, () => EchoCluster.start(loopback)));

describe("loopback", () => {
  let echo: EchoCluster;

  beforeEach(async () => {
    echo = await EchoCluster.start(loopback);
  });
  afterEach(() => echo.stop());

  it("counts the writes and connects that a cut link refused", async () => {
    await echo.cluster.network.cut([link("n3", "n1"), link("n1", "n2")]);
    echo.client("n1").say("n2", "lost");
    await echo.node("n3").kill();
    await echo.node("n3").start();
    await echo.reconnect("n3");
    echo.client("n3").say("n1", "lost");
    await until(async () => {
      const proof = (await echo.cluster.network.proof()) ?? "";
      return (
        proof.includes("n1 -> n2 refused 1 write (5 bytes)") && proof.includes("n3 -> n1 refused 1 connect")
      );
    });
  });

  it("proves a kill by the process that is gone, and a pause by its state", async () => {
    const paused = pidOf(await echo.node("n1").pause());
    expect(processState(paused)).toBe("T");
    const killed = pidOf(await echo.node("n2").kill());
    expect(() => process.kill(killed, 0)).toThrow("ESRCH");
  });

  it("sees a node that ends by itself, and starts it again", async () => {
    const pid = pidOf(await echo.node("n3").pause());
    await echo.node("n3").resume();
    process.kill(pid, "SIGTERM");
    await until(() => echo.node("n3").state() === "exited");
    await echo.node("n3").start();
    expect(echo.node("n3").state()).toBe("running");
  });

  it("leaves nothing but logs when it stops", async () => {
    const proofs = await Promise.all([echo.node("n1").pause(), echo.node("n2").pause()]);
    await echo.cluster.stop();
    await echo.cluster.stop();
    for (const proof of proofs) expect(processState(pidOf(proof))).toBeUndefined();
    expect(readdirSync(echo.scratch).sort()).toEqual(["n1.log", "n2.log", "n3.log"]);
    expect(readdirSync(ledgerDirectory())).not.toContain(`${echo.runId}.json`);
  });

  it("says what is missing where a program cannot be started, and leaves nothing", async () => {
    const topology = {
      size: 1,
      system: "echo",
      program: { version: "1", command: "/nonexistent/program" },
      extraArgs: [],
      dataDir: join(echo.scratch, "none"),
      logDir: echo.scratch,
      runId: `test-nothing-${process.pid}`,
    };
    const started = loopback.start(echoDeployment, topology, { clock: realClock(), log: () => {} });
    await expect(started).rejects.toThrow("cannot start /nonexistent/program");
    expect(existsSync(topology.dataDir)).toBe(false);
    expect(readdirSync(ledgerDirectory())).not.toContain(`${topology.runId}.json`);
  });
});
