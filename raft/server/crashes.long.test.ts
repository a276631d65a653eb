import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { realClock } from "../../core/real-clock.ts";
import { LocalCluster } from "./testing/cluster.ts";
import { crashFlags, loseNothingInCrashes } from "./testing/crashes.ts";

it("a cluster loses no acknowledged write when all nodes are killed at once, twenty times, under load", async () => {
  const directory = await mkdtemp(join(tmpdir(), "assay-crashes-"));
  const clock = realClock();
  const cluster = await LocalCluster.create({ size: 3, directory, clock, flags: crashFlags });
  try {
    cluster.startAll();
    await loseNothingInCrashes(cluster, clock, 20);
    expect(cluster.log(0)).toMatch(/recovered snapshot at \d+ and \d+ entries/);
  } finally {
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  }
}, 600_000);
