import { describe, expect, it } from "vitest";
import type { Operation, Outcome } from "../../core/op.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { nanos } from "../../core/time.ts";
import { judge } from "./judge.ts";
import type { LeaseRecord } from "./records.ts";

const horizon = 12;
const never = Number.POSITIVE_INFINITY;
const ok = (value: string | null): Outcome => ({ type: "ok", output: { value } });
const unknown: Outcome = { type: "info", error: { code: "timeout", definite: false, message: "late" } };

function operation(f: string, from: number, to: number, outcome: Outcome): Operation {
  return {
    process: 1,
    call: { f, key: "l1" },
    outcome,
    invokedAt: nanos(from),
    completedAt: nanos(outcome.type === "info" ? never : to),
    callIndex: from,
    returnIndex: to,
  };
}

/** Spans whose ends are even and all different: histories with ties leave open what came first. */
function spans(random: Random): () => [from: number, to: number] {
  const taken = new Set<number>();
  const pick = (least: number) => {
    for (;;) {
      const time = least + 2 * random.integer(1, 16);
      if (!taken.has(time)) {
        taken.add(time);
        return time;
      }
    }
  };
  return () => {
    const from = pick(2 * random.integer(0, horizon));
    return [from, pick(from)];
  };
}

function randomRecord(random: Random): LeaseRecord {
  const between = spans(random);
  const attach = operation("attach", ...between(), random.chance(0.8) ? ok(null) : unknown);
  const revoke = operation("revoke", ...between(), random.chance(0.8) ? ok(null) : unknown);
  const isRevoked = random.chance(0.6) && revoke.invokedAt > attach.invokedAt;
  return {
    key: "l1",
    grant: operation("grant", 0, 0, ok(null)),
    // Odd, so that it is none of the other times.
    ttl: nanos(2 * random.integer(0, 10) + 1),
    lastSign: nanos(2 * random.integer(0, 6)),
    endAsked: isRevoked ? revoke.invokedAt : nanos(never),
    attach,
    revoked: isRevoked && revoke.outcome.type === "ok" ? revoke : undefined,
    lapse: undefined,
    reads: Array.from({ length: random.integer(1, 4) }, () =>
      operation("read", ...between(), ok(random.chance(0.5) ? "held" : null)),
    ),
  };
}

/** Tries every moment for the record's appearance, its disappearance, and each read. */
function isExplained({ ttl, lastSign, endAsked, attach, revoked, reads }: LeaseRecord): boolean {
  const end = 8 * horizon + 1;
  const owed = Math.min(lastSign + (ttl ?? 0), endAsked);
  const isFine = (from: number, to: number) =>
    reads.every(({ invokedAt, completedAt, outcome }) => {
      const shows = outcome.type === "ok" && outcome.output.value !== null;
      for (let quarter = invokedAt + 0.25; quarter < completedAt; quarter += 0.25)
        if ((quarter > from && quarter < to) === shows) return true;
      return false;
    });
  if (attach === undefined) return false;
  if (attach.outcome.type !== "ok" && isFine(never, never)) return true;
  for (let from = attach.invokedAt + 0.5; from < Math.min(attach.completedAt, end); from += 0.5)
    for (let to = Math.max(from + 0.5, owed + 0.5); to < end; to += 0.5)
      if (to < (revoked?.completedAt ?? end) && isFine(from, to)) return true;
  return false;
}

describe("the judge of a lease's record", () => {
  it("blames exactly the histories that no appearance and disappearance explain", () => {
    const random = createRandom(7);
    const met = { fine: 0, wrong: 0 };
    for (let i = 0; i < 2000; i++) {
      const record = randomRecord(random);
      // A client revokes only a lease whose grant was acknowledged.
      const { attach, endAsked } = record;
      if (attach !== undefined && endAsked !== never && endAsked < attach.completedAt) continue;
      const expected = isExplained(record);
      const found = judge(record, () => true);
      expect({ i, isFine: found.length === 0, record }).toEqual({ i, isFine: expected, record });
      met[expected ? "fine" : "wrong"]++;
    }
    expect(met.fine).toBeGreaterThan(200);
    expect(met.wrong).toBeGreaterThan(200);
  });
});
