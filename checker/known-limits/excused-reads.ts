/**
 * Violations caused by reads that meet a known limit. Reads that meet one, by node and time, are left out, and the rest
 * must be linearizable without them. Then as many of them as possible are put back; the others are the stale reads that
 * the limit describes.
 */

import type { Anomaly, MetLimit } from "../../core/verdict.ts";
import { violationKind } from "../../core/verdict.ts";
import { count } from "../../core/wording.ts";
import { everyKindFirst } from "../every-kind.ts";
import type { JudgedPart } from "../linearizability/check-operations.ts";
import { checkList, type Judgement } from "../linearizability/check-operations.ts";
import { explain } from "../linearizability/explain/explain.ts";
import type { Budget } from "../linearizability/limits.ts";
import { type OperationList, part } from "../linearizability/operation-list.ts";
import type { Model } from "../model.ts";
import { isRead } from "../reads/is-read.ts";
import type { Excuses } from "./excuses.ts";

/** Excused reads that are explained; further ones are only counted. */
const mostShown = 8;

export interface Judged {
  readonly model: Model;
  readonly list: OperationList;
  readonly parts: readonly JudgedPart[];
  readonly excuses: Excuses;
  readonly budget: Budget;
}

export interface Excused {
  /** The parts as they are judged without the reads that meet a limit, where those matter. */
  readonly parts: readonly JudgedPart[];
  /** The stale reads that meet a limit, explained: some of each limit and node first. */
  readonly anomalies: readonly Anomaly[];
  /** The number of such reads, by limit. */
  readonly counts: ReadonlyMap<string, number>;
}

/** A read that cannot be placed among the others, and the limit that it meets. */
interface StaleRead {
  readonly part: JudgedPart;
  readonly position: number;
  /** The operations among which it cannot be placed, itself included. */
  readonly among: readonly number[];
  readonly limit: MetLimit;
}

/** Judges again, without the reads that meet a limit, the parts that are not linearizable with them. */
export function excuse(judged: Judged): Excused {
  const stale: StaleRead[] = [];
  const parts = judged.parts.map((one) => {
    if (one.judgement.kind !== "invalid") return one;
    const limits = limitsIn(judged, one);
    if (limits.size === 0) return one;
    const held = [...one.positions].filter((position) => !limits.has(position));
    const judgement = judge(judged, held);
    if (judgement.kind === "valid") stale.push(...staleReads(judged, one, limits, held));
    return { key: one.key, positions: Int32Array.from(held), judgement };
  });
  const counts = new Map<string, number>();
  for (const { limit } of stale) counts.set(limit.name, (counts.get(limit.name) ?? 0) + 1);
  const anomalies = everyKindFirst(stale, ({ limit: { name, node } }) => `${name} ${node}`)
    .slice(0, mostShown)
    .map((read) => anomaly(judged, read));
  return { parts, anomalies, counts };
}

/** The number of stale reads that a limit excuses. */
export const readsIn = ({ counts }: Pick<Excused, "counts">): number =>
  [...counts.values()].reduce((sum, each) => sum + each, 0);

/** `3 stale reads meet a known limit (2 deposed leader, 1 new leader)` */
export function excusedInWords(counts: ReadonlyMap<string, number>): string {
  const each = [...counts].map(([name, number]) => `${number} ${name}`).join(", ");
  return `${count(readsIn({ counts }), "stale read meets", "stale reads meet")} a known limit (${each})`;
}

/** The limits that a part's reads meet, by position. A read that was not answered constrains nothing. */
function limitsIn({ model, list, excuses }: Judged, { positions }: JudgedPart): Map<number, MetLimit> {
  const limits = new Map<number, MetLimit>();
  for (const position of positions) {
    if (list.outcome(position).type !== "ok" || !isRead(model, list.call(position))) continue;
    const limit = excuses.of(list.operation(position));
    if (limit !== undefined) limits.set(position, limit);
  }
  return limits;
}

/** Judges the operations at `held`; a culprit is a position in the whole list. */
function judge({ model, list, budget }: Judged, held: readonly number[]): Judgement {
  const judgement = checkList(model, part(list, held), budget);
  if (judgement.kind !== "invalid") return judgement;
  return { ...judgement, culprit: held[judgement.culprit] as number };
}

/**
 * The reads with a limit that cannot be put back among the `held` operations, which are linearizable. Those that can are
 * put back, in order of their answers. Where there is no time to find out, none of the others is put back.
 */
function staleReads(
  judged: Judged,
  of: JudgedPart,
  limits: ReadonlyMap<number, MetLimit>,
  held: readonly number[],
): StaleRead[] {
  const kept = [...held];
  const stale: StaleRead[] = [];
  const among = (some: readonly number[]) => [...kept, ...some].sort((a, b) => a - b);
  const place = (some: readonly number[]): void => {
    if (some.length === 0) return;
    const { kind } = judge(judged, among(some));
    const [first] = some;
    if (kind === "valid") kept.push(...some);
    else if (some.length > 1 && kind === "invalid") {
      const half = some.length >> 1;
      place(some.slice(0, half));
      place(some.slice(half));
    } else
      for (const position of kind === "invalid" && first !== undefined ? [first] : some)
        stale.push({ part: of, position, among: among([position]), limit: limits.get(position) as MetLimit });
  };
  const answered = (position: number) => judged.list.returnIndex(position);
  place([...limits.keys()].sort((a, b) => answered(a) - answered(b)));
  return stale;
}

function anomaly(judged: Judged, { part: { key }, position, among, limit }: StaleRead): Anomaly {
  const { model, list, budget } = judged;
  const judgement = judge(judged, among);
  const culprit = judgement.kind === "invalid" ? judgement.culprit : position;
  const explained = explain(model, part(list, among), among.indexOf(culprit), budget);
  const { process } = list.operation(position);
  const who = culprit === position ? "" : `the read by process ${process} was `;
  return {
    kind: violationKind,
    ...(key !== undefined && { key }),
    ...explained,
    summary: `${explained.summary}: known limit "${limit.name}", ${who}${limit.sentence}`,
    known: true,
    limit,
  };
}
