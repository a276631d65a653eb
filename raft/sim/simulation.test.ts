import { describe, expect, it } from "vitest";
import { optionsOf, type WorldKind } from "./options.ts";
import { simulate } from "./simulation.ts";
import { addStats, noStats, type SimStats } from "./stats.ts";

/** Lives through every seed up to `seeds`; a broken invariant names the command that replays it. */
function liveThrough(world: WorldKind, seeds: number): SimStats {
  const total = noStats();
  for (let seed = 0; seed < seeds; seed++) {
    const { stats, violation } = simulate(optionsOf(seed, new Set(), world));
    const replay = `npx tsx raft/sim/replay.ts --seed ${seed} --world ${world}`;
    expect(violation?.message, `replay with: ${replay}`).toBeUndefined();
    addStats(total, stats);
  }
  return total;
}

describe("simulated worlds", () => {
  it("every invariant of figure 3 holds after every step, whatever is lost, repeated, cut, crashed or paused", () => {
    const total = liveThrough("mixed", 150);
    // Of everything there was enough that the invariants had something to say.
    const enough: Partial<SimStats> = {
      elections: 300,
      acknowledged: 10_000,
      duplicates: 1_000,
      dropped: 1_000,
      readsAnswered: 3_000,
      readsRefused: 1_000,
      crashes: 300,
      replacedEntries: 500,
      snapshotsInstalled: 100,
      membershipChanges: 50,
      transfers: 50,
    };
    for (const [name, least] of Object.entries(enough)) {
      expect(total[name as keyof SimStats], name).toBeGreaterThan(least);
    }
  }, 300_000);

  it("they hold in worlds that do little but vote", () => {
    const total = liveThrough("elections", 100);
    expect(total.elections).toBeGreaterThan(200);
    expect(total.crashes).toBeGreaterThan(500);
  }, 300_000);

  it("they hold where leaders are cut off and clients go on asking them", () => {
    const total = liveThrough("deposed", 30);
    expect(total.readsAnswered).toBeGreaterThan(1_000);
  }, 300_000);

  it("a seed lives the same life again, line by line", () => {
    const live = () => {
      const lines: string[] = [];
      const { stats } = simulate(optionsOf(3), (line) => lines.push(line));
      return { lines, stats };
    };
    const first = live();
    expect(first.lines.length).toBeGreaterThan(1_000);
    expect(live()).toEqual(first);
  });
});
