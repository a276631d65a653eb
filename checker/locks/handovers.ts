/** How locks pass from hand to hand: how long that takes, and how often those who wait longest are passed over. */
import type { Grant } from "./grants.ts";

/** Figures of the grants of each lock. */
export function handoverFigures(locks: readonly (readonly Grant[])[]): Record<string, number> {
  const all = locks.flat();
  const pairs = locks.flatMap((grants) => {
    const ordered = grants.toSorted((a, b) => a.token - b.token);
    return ordered.slice(1).map((next, i) => ({ before: ordered[i] as Grant, next }));
  });
  return {
    ...spread(
      "acquisition",
      all.map(({ acquire }) => acquire.completedAt - acquire.invokedAt),
    ),
    ...spread("handover", pairs.flatMap(afterRelease)),
    ...spread("handover after a crash", pairs.flatMap(afterCrash)),
    ...overtaking(locks),
  };
}

interface Handover {
  readonly before: Grant;
  readonly next: Grant;
}

/** From the request to release until the next holder knows that it has the lock; it was waiting by then. */
function afterRelease({ before: { release }, next: { acquire } }: Handover): number[] {
  if (release === undefined || acquire.invokedAt > release.invokedAt) return [];
  return [acquire.completedAt - release.invokedAt];
}

/** The same from the time at which the session of a holder that stopped could end. */
function afterCrash({ before: { crash, until }, next: { acquire } }: Handover): number[] {
  if (crash?.outcome.type !== "ok" || acquire.invokedAt > until) return [];
  return [acquire.completedAt - until];
}

/** For each grant, those that were asked for later and given earlier. */
function overtaking(locks: readonly (readonly Grant[])[]): Record<string, number> {
  const counts = locks.flatMap((grants) => {
    const asked = grants.toSorted((a, b) => a.acquire.invokedAt - b.acquire.invokedAt);
    return asked.map(({ acquire }, i) => {
      let earlier = 0;
      for (let j = i + 1; j < asked.length; j++) {
        const other = asked[j]?.acquire;
        if (other === undefined || other.invokedAt > acquire.completedAt) break;
        if (other.completedAt < acquire.completedAt) earlier++;
      }
      return earlier;
    });
  });
  if (counts.length === 0) return {};
  const passedOver = counts.filter((times) => times > 0).length;
  return {
    "overtaken grants": passedOver,
    "overtaken at most, times": counts.reduce((a, b) => Math.max(a, b), 0),
  };
}

function spread(name: string, times: readonly number[]): Record<string, number> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const [p50, p99] = [at(0.5), at(0.99)];
  if (p50 === undefined || p99 === undefined) return {};
  return { [`${name}, p50 ms`]: p50 / 1e6, [`${name}, p99 ms`]: p99 / 1e6 };
}
