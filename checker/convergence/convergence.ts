import type { History } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import { seconds } from "../../core/time.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import type { Checker } from "../checker.ts";
import { count } from "../phrases.ts";
import { compareDigests, type DigestsCompared } from "./digests.ts";
import type { FoundAtRest, JudgeAtRest, JudgedAtRest } from "./judged.ts";
import { registersAtRest } from "./registers.ts";

/** How long a node may take to catch up after the last heal, where the run does not say otherwise. */
export const defaultConvergenceSeconds = 10;

const mostShown = 5;

/**
 * Agreement at rest: once everything is healed and nothing more is written, every node must come to return the newest
 * value of every key, whatever its reads promise meanwhile. A replica that never catches up breaks every promise.
 *
 * - A node that returned an old value is `invalid` where it cannot be a delay: it was asked `boundSeconds` after the heal
 *   and after the missing write, it returned the old value out of a state that has the missing write, or it had answered
 *   from such a state before. Otherwise it is `unknown`: it was not asked again.
 * - Where writes of unknown outcome leave open what is the newest, any of those values will do, as long as all nodes agree.
 * - A node that was not heard is `unknown`, no disagreement.
 */
export function convergence({
  boundSeconds = defaultConvergenceSeconds,
  judge = registersAtRest,
}: ConvergenceOptions = {}): Checker {
  return {
    name: "convergence",
    check(history): Verdict {
      const rest = judge(history, seconds(boundSeconds));
      if (rest === undefined || !rest.isAsked) return nothingAsked;
      return verdictOf(rest, compareDigests(history, rest.nodes));
    },
  };
}

export interface ConvergenceOptions {
  /** How long a node may take to catch up, seconds. */
  readonly boundSeconds?: number;
  /** Who judges the objects of the run; absent: they are registers. */
  readonly judge?: JudgeAtRest;
}

/** A key of which a node has not told its newest value yet. */
export interface Unsettled {
  readonly node: NodeId;
  readonly key: string;
}

/** What has to be asked (again) before all nodes are known to agree; nothing where they are. */
export const unsettled = (history: History, judge: JudgeAtRest = registersAtRest): Unsettled[] =>
  (judge(history, seconds(0))?.findings ?? []).flatMap(({ key, nodes }) =>
    nodes.map((node) => ({ node, key })),
  );

const unasked = "the run ended before its nodes were asked what they hold at rest";
const nothingAsked: Verdict = {
  checker: "convergence",
  kind: "unknown",
  summary: unasked,
  anomalies: [{ kind: "not-asked", summary: unasked }],
};

function verdictOf(rest: JudgedAtRest, digests: DigestsCompared): Verdict {
  const violations = onceForAll(rest.findings.filter(({ isViolation }) => isViolation));
  const open = onceForAll(rest.findings.filter(({ isViolation }) => !isViolation));
  const wrong = [
    ...violations.slice(0, mostShown).map((finding) => finding.anomaly()),
    ...(digests.anomaly === undefined ? [] : [digests.anomaly]),
  ];
  const undecided = open.slice(0, mostShown).map((finding) => finding.anomaly());
  const [first] = [...wrong, ...undecided];
  const kind = wrong.length > 0 ? "invalid" : undecided.length > 0 ? "unknown" : "valid";
  return {
    checker: "convergence",
    kind,
    summary:
      first === undefined
        ? agreed(rest, digests)
        : summary(first, rest, wrong.length > 0 ? violations : open),
    anomalies: [...wrong, ...undecided],
    figures: figures(rest, violations),
  };
}

/** What every node lacks is one finding, not one for each. */
function onceForAll(findings: readonly FoundAtRest[]): FoundAtRest[] {
  const told = new Set<string>();
  return findings.filter(({ key, isEverywhere }) => {
    if (!isEverywhere) return true;
    return !told.has(key) && told.add(key);
  });
}

function agreed(rest: JudgedAtRest, { nodes: compared, at }: DigestsCompared): string {
  const all = rest.nodes.length === 1 ? "the one node" : `all ${rest.nodes.length} nodes`;
  const digest = compared === 0 ? "" : `, and ${compared} tell the same digest of revision ${at}`;
  return `at rest ${all} ${rest.agreed}${digest}`;
}

function summary(first: Anomaly, { thing }: JudgedAtRest, findings: readonly FoundAtRest[]): string {
  const keys = new Set(findings.map(({ key }) => key)).size;
  return keys < 2 ? first.summary : `${count(keys, thing)}: ${first.summary}`;
}

function figures(
  { answers, nodes, objects, thing }: JudgedAtRest,
  violations: readonly FoundAtRest[],
): Record<string, number> {
  const from = answers.reduce((first, { invokedAt }) => Math.min(first, invokedAt), Number.POSITIVE_INFINITY);
  const to = answers.reduce((last, { completedAt }) => Math.max(last, completedAt), 0);
  return {
    "nodes at rest": nodes.length,
    [`${thing}s at rest`]: objects,
    [`${thing}s in disagreement`]: new Set(violations.map(({ key }) => key)).size,
    ...(answers.length > 0 && { "last answers within ms": (to - from) / 1e6 }),
  };
}
