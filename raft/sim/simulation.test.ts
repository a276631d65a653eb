import { describe, expect, it } from "vitest";
import { optionsOf, type WorldKind, worlds } from "./options.ts";
import { simulate } from "./simulation.ts";
import { addStats, noStats, type SimStats } from "./stats.ts";

interface Plan {
  /** Lived through from seed 0 on. */
  readonly seeds: number;
  /** Minimum of events for the invariants to have something to check. */
  readonly least: Partial<SimStats>;
}

const plans: Record<WorldKind, Plan> = {
  mixed: {
    seeds: 120,
    least: {
      elections: 200,
      acknowledged: 8_000,
      duplicates: 1_000,
      dropped: 1_000,
      readsAnswered: 2_500,
      readsRefused: 1_000,
      crashes: 200,
      replacedEntries: 500,
      snapshotsInstalled: 100,
      membershipChanges: 40,
      transfers: 30,
    },
  },
  elections: { seeds: 60, least: { elections: 120, crashes: 300 } },
  deposed: { seeds: 30, least: { elections: 60, readsAnswered: 1_000, replacedEntries: 500 } },
  churn: { seeds: 40, least: { elections: 120, crashes: 100, replacedEntries: 500 } },
  reconfigured: { seeds: 60, least: { membershipChanges: 300, snapshotsInstalled: 20 } },
};

describe("every invariant of figure 3 holds after every step", () => {
  it.each(worlds)(
    "in %s worlds",
    (world) => {
      const { seeds, least } = plans[world];
      const total = noStats();
      for (let seed = 0; seed < seeds; seed++) {
        const { stats, violation } = simulate(optionsOf(seed, new Set(), world));
        const replay = `npx tsx raft/sim/replay.ts --seed ${seed} --world ${world}`;
        expect(violation?.message, `replay with: ${replay}`).toBeUndefined();
        addStats(total, stats);
      }
      for (const [name, count] of Object.entries(least)) {
        expect(total[name as keyof SimStats], name).toBeGreaterThan(count);
      }
    },
    300_000,
  );
});

describe("a simulated world", () => {
  it("lives the same life again from the same seed, line by line", () => {
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
