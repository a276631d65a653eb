import { describe, expect, it } from "vitest";
import type { Operation } from "../../core/op.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { nanos } from "../../core/time.ts";
import type { Grant } from "./grants.ts";
import { judgeGrants, judgeReads } from "./judge.ts";

const horizon = 8;

function operation(f: string, [from, to]: readonly [number, number], value: string | null): Operation {
  return {
    process: 1,
    call: { f, key: "lock1" },
    outcome: { type: "ok", output: { value } },
    invokedAt: nanos(from),
    completedAt: nanos(to),
    callIndex: from,
    returnIndex: to,
  };
}

/** Spans whose ends are even and all different: histories with ties leave open what came first. */
function spans(random: Random): () => [from: number, to: number] {
  const free = random.shuffle(Array.from({ length: 2 * horizon }, (_, i) => 2 * i));
  return () => {
    const [a = 0, b = 0] = [free.pop(), free.pop()];
    return [Math.min(a, b), Math.max(a, b)];
  };
}

function randomCase(random: Random, readCount: number) {
  const between = spans(random);
  const grants = Array.from({ length: random.integer(1, readCount === 0 ? 3 : 2) }, (_, i): Grant => {
    const acquire = operation("acquire", between(), null);
    // Odd, so that it is none of the other times.
    const until = nanos(acquire.invokedAt + 2 * random.integer(0, horizon) + 1);
    const holder = `h${i}`;
    const token = random.integer(1, 4);
    const ends = { release: undefined, crash: undefined, until, sureUntil: until };
    return { lock: "lock1", holder, token, acquire, ...ends };
  });
  const seen = [null, ...grants.map(({ holder }) => holder)];
  const reads = Array.from({ length: readCount }, () => operation("read", between(), random.pick(seen)));
  return { grants, reads: reads.toSorted((a, b) => a.invokedAt - b.invokedAt) };
}

interface Held {
  readonly holder: string;
  readonly from: number;
  readonly to: number;
}

/** Tries all moments at which each grant may begin and end, in the order of tokens, one after the other. */
function isExplained(grants: readonly Grant[], reads: readonly Operation[]): boolean {
  const tokens = new Set(grants.map(({ token }) => token));
  if (tokens.size < grants.length) return false;
  // Without reads, a grant that ends as early as it may leaves most room.
  const more = reads.length === 0 ? 0 : 4 * horizon;
  const place = ([next, ...rest]: readonly Grant[], held: readonly Held[]): boolean => {
    if (next === undefined) return reads.every((read) => canShow(read, held));
    const free = held.at(-1)?.to ?? 0;
    const { acquire, until, holder } = next;
    for (let from = acquire.invokedAt + 0.5; from < acquire.completedAt; from += 0.5)
      for (let to = Math.max(from, until); from >= free && to <= Math.max(from, until) + more; to += 0.5)
        if (place(rest, [...held, { holder, from, to }])) return true;
    return false;
  };
  return place(
    grants.toSorted((a, b) => a.token - b.token),
    [],
  );
}

function canShow({ invokedAt, completedAt, outcome }: Operation, held: readonly Held[]): boolean {
  const value = outcome.type === "ok" ? outcome.output.value : undefined;
  for (let at = invokedAt + 0.25; at < completedAt; at += 0.25) {
    const holder = held.find(({ from, to }) => from < at && at < to)?.holder ?? null;
    if (holder === value) return true;
  }
  return false;
}

describe("the judge of a lock's grants", () => {
  it("blames exactly the grants that no moments of theirs explain", () => {
    const random = createRandom(3);
    const met = { fine: 0, wrong: 0 };
    for (let i = 0; i < 1500; i++) {
      const { grants } = randomCase(random, 0);
      const expected = isExplained(grants, []);
      expect({ i, isFine: judgeGrants(grants).length === 0, grants }).toEqual({
        i,
        isFine: expected,
        grants,
      });
      met[expected ? "fine" : "wrong"]++;
    }
    expect(met.fine).toBeGreaterThan(200);
    expect(met.wrong).toBeGreaterThan(200);
  });

  it("blames no read that the grants explain", () => {
    const random = createRandom(4);
    const met = { fine: 0, blamed: 0 };
    for (let i = 0; i < 1500; i++) {
      const { grants, reads } = randomCase(random, 2);
      if (judgeGrants(grants).length > 0) continue;
      const isBlamed = judgeReads(grants, reads).length > 0;
      if (isBlamed) expect({ i, isExplained: isExplained(grants, reads) }).toEqual({ i, isExplained: false });
      met[isBlamed ? "blamed" : "fine"]++;
    }
    expect(met.fine).toBeGreaterThan(10);
    expect(met.blamed).toBeGreaterThan(5);
  });
});
