/** Kills a whole cluster again and again while clients write, for the short test and the long one. */
import { expect } from "vitest";
import { type Clock, sleep } from "../../../core/clock.ts";
import { millis } from "../../../core/time.ts";
import type { LocalCluster } from "./cluster.ts";

/** Elections that do not keep the test waiting, and a snapshot after a few rounds. */
export const crashFlags = [
  "--election-timeout-ms",
  "300",
  "--heartbeat-ms",
  "30",
  "--snapshot-entries",
  "150",
];

/** Writes acknowledged before all nodes are killed. */
const writesPerRound = 50;

/** Kills all nodes at once, under load, `rounds` times; fails where a write that was acknowledged is not read after it. */
export async function loseNothingInCrashes(
  cluster: LocalCluster,
  clock: Clock,
  rounds: number,
): Promise<void> {
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    const writing = load(cluster, clock, round, 8);
    await cluster.eventually("writes", async () => {
      if (writing.acknowledged.size < writesPerRound) throw new Error("too few");
    });
    await cluster.killAll();
    await writing.stop();
    cluster.startAll();
    const reader = round % 3;
    const found = await cluster.eventually("a read", () => cluster.list(reader, `k-${round}-`));
    expectAll(found, writing.acknowledged);
    for (const [key, value] of writing.acknowledged) acknowledged.set(key, value);
  }
  expectAll(await cluster.list(0, "k-"), acknowledged);
  expect(acknowledged.size).toBeGreaterThanOrEqual(rounds * writesPerRound);
}

/** Clients that each write keys of their own, one after the other, until they are stopped. */
function load(cluster: LocalCluster, clock: Clock, round: number, clients: number) {
  const acknowledged = new Map<string, string>();
  let running = true;
  const client = async (id: number) => {
    for (let i = 0; running; i++) {
      const key = `k-${round}-${id}-${i}`;
      try {
        await cluster.put((id + i) % cluster.nodes.length, key, `value of ${key}`);
        acknowledged.set(key, `value of ${key}`);
      } catch {
        // Its fate is unknown or it was refused: both are allowed while everything is being killed.
        await sleep(clock, millis(5));
      }
    }
  };
  const done = Promise.all(Array.from({ length: clients }, (_, id) => client(id)));
  const stop = async () => {
    running = false;
    await done;
  };
  return { acknowledged, stop };
}

function expectAll(found: ReadonlyMap<string, string>, acknowledged: ReadonlyMap<string, string>): void {
  const lost = [...acknowledged].filter(([key, value]) => found.get(key) !== value);
  expect(lost, "acknowledged writes that are lost").toEqual([]);
}
