import type { History } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import { seconds } from "../../core/time.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { compareDigests, type DigestsCompared } from "./digests.ts";
import type { FoundAtRest, JudgeAtRest, JudgedAtRest } from "./judged.ts";
import { registersAtRest } from "./registers.ts";

/** How long a node may take to catch up after the last heal, unless the run says otherwise. */
export const defaultConvergenceSeconds = 10;

const mostShown = 5;

/**
 * Agreement at rest: once everything is healed and nothing more is written, each node must come to return the newest
 * value of each key, whatever its reads promise before that. A replica that never catches up breaks every promise.
 *
 * - A node that returned an old value is `invalid` where this cannot be a delay: it was asked `boundSeconds` after the heal
 *   and after the missing write, it returned the old value from a state that has the missing write, or it had answered
 *   from such a state before. Otherwise the verdict is `unknown`: the node was not asked again.
 * - Where writes of unknown outcome leave the newest value open, any of those values will do, as long as all nodes agree.
 * - A node that did not answer makes the verdict `unknown`; it is not a disagreement.
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

/** A key whose newest value a node has not returned yet. */
export interface Unsettled {
  readonly node: NodeId;
  readonly key: string;
}

/** The nodes and keys to ask (again) before all nodes are known to agree; empty where they do. */
export const unsettled = (history: History, judge: JudgeAtRest = registersAtRest): Unsettled[] =>
  (judge(history, seconds(0))?.findings ?? []).flatMap(({ key, nodes }) =>
    nodes.map((node) => ({ node, key })),
  );

const unasked = "the run ended before its nodes were asked for their values at rest";
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

/** What all nodes lack is one finding, not one for each node. */
function onceForAll(findings: readonly FoundAtRest[]): FoundAtRest[] {
  const reported = new Set<string>();
  return findings.filter(({ key, isEverywhere }) => {
    if (!isEverywhere) return true;
    return !reported.has(key) && reported.add(key);
  });
}

function agreed(rest: JudgedAtRest, { nodes: compared, at }: DigestsCompared): string {
  const digest = compared === 0 ? "" : `; ${compared} nodes reported the same digest at revision ${at}`;
  return `at rest, ${allOf(rest.nodes.length, "node")} ${rest.agreed}${digest}`;
}

function summary(first: Anomaly, { thing }: JudgedAtRest, findings: readonly FoundAtRest[]): string {
  const keys = new Set(findings.map(({ key }) => key)).size;
  return keys < 2 ? first.summary : `${keys} ${thing}s are affected: ${first.summary}`;
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
