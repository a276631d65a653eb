import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { requireOrSkip } from "../../../core/testing/require-or-skip.ts";
import { EchoCluster } from "../testing/echo-cluster.ts";
import { echoDeployment } from "../testing/echo-deployment.ts";
import { runtimeContract } from "../testing/runtime-contract.ts";
import { buildImages, referenceImage } from "./build-images.ts";
import { connectDocker, removeRun } from "./docker.ts";
import { isLocal } from "./image.ts";
import { testcontainers } from "./testcontainers.ts";

const skip = requireOrSkip(await testcontainers.missing(echoDeployment));

describe.skipIf(skip)("the runtime testcontainers", () => {
  beforeAll(async () => {
    const docker = await connectDocker();
    if (!(await isLocal(docker, referenceImage)))
      await buildImages({ systems: ["reference"], log: () => {} });
  }, 600_000);

  runtimeContract(testcontainers, () => EchoCluster.start(testcontainers));

  it("keeps data in memory over a restart, and leaves nothing but logs when it stops", async () => {
    const echo = await EchoCluster.start(testcontainers, {
      runId: `test-containers-${process.pid}-tmpfs`,
      storage: "tmpfs",
      faults: new Set(["link-cut"]),
    });
    await echo.node("n1").kill();
    await echo.node("n1").start();
    await echo.reconnect("n1");
    expect(await echo.client("n1").starts()).toBe(2);
    await echo.node("n2").pause();
    await echo.cluster.stop();
    await echo.cluster.stop();
    expect(await removeRun(await connectDocker(), echo.runId)).toEqual([]);
    expect(readdirSync(echo.scratch).sort()).toEqual(["n1.log", "n2.log", "n3.log"]);
    await echo.stop();
  }, 120_000);
});
