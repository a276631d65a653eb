import { type Consistency, type KnownLimit, promisesFreshReads } from "../../core/consistency.ts";
import { type History, operations } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import { seconds } from "../../core/time.ts";
import type { Anomaly, MetLimit, Verdict } from "../../core/verdict.ts";
import { duration, partOf } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { atRest } from "../convergence/at-rest.ts";
import { defaultConvergenceSeconds } from "../convergence/convergence.ts";
import { excusesOf } from "../known-limits/excuses.ts";
import type { Model } from "../model.ts";
import { set } from "../models/set.ts";
import { requiredOfReads } from "../promises.ts";
import { stalenessFigures } from "../reads/measured-staleness.ts";
import type { WindowRead } from "../reads/stale-windows.ts";
import type { Finding } from "./findings.ts";
import { lanesOf } from "./lanes.ts";
import { judgeLists, judgeRemoves } from "./lists.ts";
import { noteShown, type SetHistory, setHistories } from "./lives.ts";
import { lostAtRest, setsAtRest } from "./rest.ts";
import { judgeSessions } from "./sessions.ts";
import { anomalyOf, countsInWords } from "./words.ts";

export interface ElementsOptions {
  /** What the read mode promises: the verdict is relative to it. */
  readonly promises: Consistency;
  /** The known limits of the read mode; absent: it has none. */
  readonly limits?: readonly KnownLimit[];
  /** How long a node may take to catch up after the last heal, seconds. */
  readonly boundSeconds?: number;
}

/** Violations that are explained, and measured stale lists; all of them are counted. */
const mostViolations = 8;
const mostMeasured = 3;

/**
 * Follows each element of each set through the run: when its add was acknowledged, which lists show it, which lack it
 * although they should not, when it was removed.
 *
 * - **lost**: it was surely in, nothing removed it, and a remove did not find it, or it is missing at rest on a node that
 *   had the time to catch up: a violation of every promise. Where reads must be fresh, also if no later list shows it.
 * - **stale**: a list lacks it, or still shows it, although the list began later: measured, and a violation where reads
 *   must be fresh, or where the same session had seen it (or, under `sequential`, done it) before.
 * - **reappearing**: it is shown again after it was seen to be gone: a violation where reads must be fresh, and within one
 *   session where its reads must not go back.
 * - **unexpected**: nobody had added it, or its add had failed, or it is listed twice: always a violation.
 *
 * Only what is certain by the order of events is reported. What no single element shows (two lists that no order of the
 * updates explains) is for `judgedUnder` to find. An element that was added or removed more than once is followed no further.
 */
export function elements({
  promises,
  limits = [],
  boundSeconds = defaultConvergenceSeconds,
}: ElementsOptions): Checker {
  return {
    name: "elements",
    check(history): Verdict {
      const all = operations(history);
      const limitOf = limitsOf(history, promises === "linearizable-known-limits" ? limits : []);
      const histories = setHistories(all, (list) => limitOf(list) === undefined);
      noteShown(histories, operations(history, "other"));
      const judged = histories.map((one) =>
        judgeLists(one, {
          isFresh: promisesFreshReads(promises),
          isExcused: (list) => limitOf(list) !== undefined,
        }),
      );
      const findings = [
        ...judged.flatMap((one) => one.findings),
        ...histories.flatMap(judgeRemoves),
        ...sessionFindings(histories, all, promises),
      ];
      const reads = judged.flatMap((one) => one.reads);
      const lost = lostInTheEnd(history, boundSeconds, findings);
      return verdictOf(histories, [...findings, ...lost], reads, { promises, limitOf });
    },
  };
}

type LimitOf = (list: Operation) => MetLimit | undefined;

/** The limit that a list meets: asked once for each. */
function limitsOf(history: History, limits: readonly KnownLimit[]): LimitOf {
  if (limits.length === 0) return () => undefined;
  const excuses = excusesOf(set() as Model, history, limits);
  const known = new Map<number, MetLimit | undefined>();
  return (list) => {
    if (!known.has(list.callIndex)) known.set(list.callIndex, excuses.of(list));
    return known.get(list.callIndex);
  };
}

function sessionFindings(
  histories: readonly SetHistory[],
  all: readonly Operation[],
  promises: Consistency,
): Finding[] {
  const { order } = requiredOfReads(promises);
  return order === "none" ? [] : judgeSessions(histories, all, { ownUpdates: order === "operations" });
}

/** What is lost at rest, but for what is known to be lost already. */
function lostInTheEnd(history: History, boundSeconds: number, findings: readonly Finding[]): Finding[] {
  const rest = atRest(history, ({ f }) => f === "list");
  if (rest === undefined) return [];
  const name = ({ set, value }: { set: string; value: unknown }) => JSON.stringify([set, value]);
  const known = new Set(findings.flatMap((finding) => (finding.kind === "lost" ? [name(finding.life)] : [])));
  return lostAtRest(setsAtRest(rest, seconds(boundSeconds)))
    .filter(({ life }) => !known.has(name(life)))
    .map((lost) => ({ kind: "lost-at-rest", ...lost }));
}

interface Judging {
  readonly promises: Consistency;
  readonly limitOf: LimitOf;
}

/** The findings by what they are under the promise. */
interface Sorted {
  readonly violations: readonly Finding[];
  readonly excused: readonly (Finding & { readonly list: Operation })[];
  readonly measured: readonly Finding[];
}

function sorted(findings: readonly Finding[], { promises, limitOf }: Judging): Sorted {
  const violations: Finding[] = [];
  const excused: (Finding & { readonly list: Operation })[] = [];
  const measured: Finding[] = [];
  for (const finding of findings) {
    const isOfList = finding.kind === "stale" || finding.kind === "reappearing";
    if (isOfList && limitOf(finding.list) !== undefined) excused.push(finding);
    else if (finding.kind === "stale" && !promisesFreshReads(promises)) measured.push(finding);
    else violations.push(finding);
  }
  const rank = (finding: Finding) => order.indexOf(finding.kind);
  const badness = (finding: Finding) => (finding.kind === "stale" ? finding.staleMs : 0);
  const worstFirst = (a: Finding, b: Finding) => rank(a) - rank(b) || badness(b) - badness(a);
  return {
    violations: violations.sort(worstFirst),
    excused: excused.sort(worstFirst),
    measured: measured.sort(worstFirst),
  };
}

const order: readonly Finding["kind"][] = [
  "lost",
  "lost-at-rest",
  "refused",
  "unexpected",
  "twice",
  "reappearing",
  "session",
  "stale",
];

const setOf = (finding: Finding): string => {
  if ("list" in finding) return finding.list.call.key ?? "";
  return "by" in finding ? (finding.by.call.key ?? "") : finding.life.set;
};

function verdictOf(
  histories: readonly SetHistory[],
  findings: readonly Finding[],
  reads: readonly WindowRead[],
  judging: Judging,
): Verdict {
  const { violations, excused, measured } = sorted(findings, judging);
  const anomalies = [
    ...firstOfEachKind(violations).map((finding) => anomalyOf(finding, setOf(finding))),
    ...measured
      .slice(0, mostMeasured)
      .map((finding): Anomaly => ({ ...anomalyOf(finding, setOf(finding)), known: true })),
    ...excused.slice(0, mostMeasured).map((finding) => excusedAnomaly(finding, judging.limitOf)),
  ];
  const isInvalid = violations.length > 0;
  const counted = counts(violations);
  return {
    checker: "elements",
    kind: isInvalid ? "invalid" : "valid",
    summary: isInvalid
      ? `${countsInWords(counted)}: ${anomalies[0]?.summary}`
      : cleanWords(histories, reads, excused.length),
    anomalies,
    figures: figures(histories, counted, reads, excused.length),
    lanes: lanesOf(violations, reads, judging),
  };
}

function excusedAnomaly(finding: Finding & { readonly list: Operation }, limitOf: LimitOf): Anomaly {
  const anomaly = anomalyOf(finding, setOf(finding));
  const limit = limitOf(finding.list);
  if (limit === undefined) return anomaly;
  const summary = `${anomaly.summary}: known limit "${limit.name}", ${limit.sentence}`;
  return { ...anomaly, summary, known: true, limit };
}

/** The first of each kind, then others, up to the number that is shown. */
function firstOfEachKind(findings: readonly Finding[]): readonly Finding[] {
  const kinds = new Set<string>();
  const first = findings.filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
  const chosen = new Set([...first, ...findings].slice(0, mostViolations + first.length));
  return [...chosen].slice(0, mostViolations);
}

type Counts = readonly (readonly [number, string])[];

function counts(violations: readonly Finding[]): Counts {
  const number = (...kinds: readonly Finding["kind"][]) =>
    violations.filter(({ kind }) => kinds.includes(kind)).length;
  const back = violations.filter((finding) => finding.kind === "session" && finding.shows).length;
  return [
    [number("lost", "lost-at-rest", "refused"), "lost element"],
    [number("unexpected", "twice"), "unexpected element"],
    [number("reappearing") + back, "reappearing element"],
    [number("stale") + number("session") - back, "stale list"],
  ];
}

function cleanWords(histories: readonly SetHistory[], reads: readonly WindowRead[], excused: number): string {
  const all = histories.reduce((sum, { lives }) => sum + lives.size, 0);
  const elements = `no lost, reappearing or unexpected elements (of ${all})`;
  const stale = reads.flatMap(({ staleMs }) => (staleMs === undefined ? [] : [staleMs]));
  if (stale.length === 0) return `${elements}, and no stale lists (of ${reads.length})`;
  const worst = duration(stale.reduce((a, b) => Math.max(a, b), 0) * 1e6);
  const limit = excused === 0 ? "" : ` (${excused} ${excused === 1 ? "meets" : "meet"} a known limit)`;
  return `${elements}; ${partOf(stale.length, reads.length, "list")} ${stale.length === 1 ? "was" : "were"} stale, at worst by ${worst}${limit}`;
}

function figures(
  histories: readonly SetHistory[],
  counted: Counts,
  reads: readonly WindowRead[],
  excused: number,
): Record<string, number> {
  const lives = histories.flatMap((history) => [...history.lives.values()]);
  const ms = reads.flatMap(({ staleMs }) => (staleMs === undefined ? [] : [staleMs])).sort((a, b) => a - b);
  const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? 0;
  const repeated = lives.filter(({ isUnique }) => !isUnique).length;
  return {
    elements: lives.length,
    ...Object.fromEntries(counted.slice(0, 3).map(([number, thing]) => [`${thing}s`, number])),
    [stalenessFigures.reads]: reads.length,
    [stalenessFigures.stale]: ms.length,
    ...(ms.length > 0 && {
      "staleness ms p50": at(0.5),
      "staleness ms p99": at(0.99),
      [stalenessFigures.worstMs]: at(1),
    }),
    ...(excused > 0 && { "excused by a known limit": excused }),
    ...(repeated > 0 && { "elements added or removed more than once": repeated }),
  };
}
