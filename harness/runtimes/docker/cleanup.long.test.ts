import { describe, expect, it } from "vitest";
import { requireOrSkip } from "../../../core/testing/require-or-skip.ts";
import { cleanLeftovers } from "../cleanup.ts";
import { echoDeployment } from "../testing/echo-deployment.ts";
import { runId, startHarness, underTest } from "../testing/harness.ts";
import { connectDocker } from "./docker.ts";
import { testcontainers } from "./testcontainers.ts";

const made = underTest();

const noDocker = requireOrSkip(await testcontainers.missing(echoDeployment));

describe.skipIf(noDocker)("a run on testcontainers", () => {
  /** Containers, networks and volumes; a run of three nodes makes ten. */
  async function madeBy(name: string): Promise<string[]> {
    const { dockerode } = (await connectDocker()).container;
    const filters = { label: [`assay.run=${runId(name)}`] };
    const containers = await dockerode.listContainers({ all: true, filters });
    const networks = await dockerode.listNetworks({ filters });
    const { Volumes } = await dockerode.listVolumes({ filters });
    return [
      ...containers.map(({ Id }) => Id),
      ...networks.map(({ Id }) => Id),
      ...Volumes.map(({ Name }) => Name),
    ];
  }

  it("removes its containers, network and volumes on SIGTERM", async () => {
    made.harness = await startHarness("testcontainers", "first", made.scratch);
    expect(await madeBy("first")).toHaveLength(10);
    made.harness.process.kill("SIGTERM");
    await made.harness.ended;
    expect(await madeBy("first")).toEqual([]);
  }, 120_000);

  it("leaves nothing once cleaned when it was killed with -9, and one that lives is not touched", async () => {
    made.harness = await startHarness("testcontainers", "first", made.scratch);
    const other = await startHarness("testcontainers", "second", made.scratch);
    made.harness.process.kill("SIGKILL");
    await made.harness.ended;
    const removed = await cleanLeftovers();
    expect(removed).toContain(`network assay-${runId("first")} of run ${runId("first")}`);
    expect(await madeBy("first")).toEqual([]);
    expect(await madeBy("second")).toHaveLength(10);
    other.process.kill("SIGTERM");
    await other.ended;
    expect(await madeBy("second")).toEqual([]);
  }, 120_000);
});
