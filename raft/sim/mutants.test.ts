import { describe, expect, it } from "vitest";
import { type Mutant, mutants } from "../core/mutants.ts";
import { watchFlaws } from "../kv/watch/watch.ts";
import { optionsOf, type WorldKind } from "./options.ts";
import { simulate } from "./simulation.ts";
import type { Invariant } from "./violation.ts";

interface Catch {
  readonly mutant: Mutant;
  readonly world: WorldKind;
  /** Number of seeds, from 0 on, within which it is caught. */
  readonly seeds: number;
  readonly breaks: readonly Invariant[];
}

const catches: readonly Catch[] = [
  { mutant: "read-without-quorum", world: "deposed", seeds: 20, breaks: ["linearizable reads"] },
  {
    mutant: "ack-before-commit",
    world: "mixed",
    seeds: 5,
    breaks: ["state machine safety", "linearizable reads"],
  },
  { mutant: "serve-follower-reads", world: "mixed", seeds: 5, breaks: ["linearizable reads"] },
  { mutant: "forget-vote", world: "elections", seeds: 250, breaks: ["election safety"] },
  { mutant: "apply-twice", world: "mixed", seeds: 5, breaks: ["exactly once"] },
  {
    mutant: "skip-apply-on-follower",
    world: "mixed",
    seeds: 5,
    breaks: ["convergence", "state machine safety"],
  },
];

/** The same at every member, so that Raft's invariants hold: only what clients are answered shows them. */
const seenByClients: readonly Mutant[] = [
  "lose-acknowledged-write",
  "reuse-revision",
  "lose-delete-at-compaction",
];

/** Planted in the server's API and its watches, which the simulator has not: workloads find them. */
const inTheServer: readonly Mutant[] = [
  "range-without-quorum",
  "compacted-read-returns-current",
  ...watchFlaws,
];

/** The first seed whose world breaks an invariant. */
function firstCaught({ mutant, world, seeds }: Catch) {
  for (let seed = 0; seed < seeds; seed++) {
    const { violation } = simulate(optionsOf(seed, new Set([mutant]), world));
    if (violation !== undefined) return { seed, invariant: violation.invariant };
  }
  return undefined;
}

describe("planted bugs", () => {
  it("every mutant has its test here", () => {
    const caught = [...catches.map(({ mutant }) => mutant), ...seenByClients, ...inTheServer];
    expect(caught.toSorted()).toEqual(Object.keys(mutants).toSorted());
  });

  it.each(catches)(
    "$mutant is caught within $seeds seeds: it breaks $breaks",
    (expected) => {
      const caught = firstCaught(expected);
      expect(expected.breaks).toContain(caught?.invariant);
      // The same worlds without the bug break nothing: it is the bug that was caught.
      for (let seed = 0; seed <= (caught?.seed ?? 0); seed++) {
        expect(simulate(optionsOf(seed, new Set(), expected.world)).violation).toBeUndefined();
      }
    },
    300_000,
  );
});
