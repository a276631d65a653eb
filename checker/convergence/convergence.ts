import type { History } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import { seconds } from "../../core/time.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { compareDigests, type DigestsCompared } from "./digests.ts";
import { type Finding, findingsOf, isViolation } from "./findings.ts";
import { type Rest, restOf } from "./rest.ts";
import { anomalyOf } from "./sentences.ts";

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
export function convergence({ boundSeconds = defaultConvergenceSeconds }: ConvergenceOptions = {}): Checker {
  return {
    name: "convergence",
    check(history): Verdict {
      const rest = restOf(history);
      if (rest === undefined || rest.keys.every(({ asked }) => asked.size === 0)) return nothingAsked;
      const findings = findingsOf(rest, seconds(boundSeconds));
      const digests = compareDigests(history, rest.nodes);
      return verdictOf(rest, findings, digests);
    },
  };
}

export interface ConvergenceOptions {
  /** How long a node may take to catch up, seconds. */
  readonly boundSeconds?: number;
}

/** A key whose newest value a node has not returned yet. */
export interface Unsettled {
  readonly node: NodeId;
  readonly key: string;
}

/** The nodes and keys to ask (again) before all nodes are known to agree; empty where they do. */
export function unsettled(history: History): Unsettled[] {
  const rest = restOf(history);
  if (rest === undefined) return [];
  return findingsOf(rest, seconds(0)).flatMap((finding): Unsettled[] => {
    const { key } = finding;
    return finding.type === "disagreement"
      ? finding.answers.map(({ node }) => ({ node, key }))
      : [{ node: finding.node, key }];
  });
}

const unasked = "the run ended before its nodes were asked for their values at rest";
const nothingAsked: Verdict = {
  checker: "convergence",
  kind: "unknown",
  summary: unasked,
  anomalies: [{ kind: "not-asked", summary: unasked }],
};

function verdictOf(rest: Rest, findings: readonly Finding[], digests: DigestsCompared): Verdict {
  const violations = onceForAll(findings.filter(isViolation));
  const open = onceForAll(findings.filter((finding) => !isViolation(finding)));
  const wrong = [
    ...violations.slice(0, mostShown).map((finding) => anomalyOf(finding, rest)),
    ...(digests.anomaly === undefined ? [] : [digests.anomaly]),
  ];
  const undecided = open.slice(0, mostShown).map((finding) => anomalyOf(finding, rest));
  const [first] = [...wrong, ...undecided];
  const kind = wrong.length > 0 ? "invalid" : undecided.length > 0 ? "unknown" : "valid";
  return {
    checker: "convergence",
    kind,
    summary:
      first === undefined ? agreed(rest, digests) : summary(first, wrong.length > 0 ? violations : open),
    anomalies: [...wrong, ...undecided],
    figures: figures(rest, violations),
  };
}

/** What all nodes lack is one finding, not one for each node. */
function onceForAll(findings: readonly Finding[]): Finding[] {
  const reported = new Set<string>();
  return findings.filter((finding) => {
    if (finding.type !== "behind" || !finding.everywhere) return true;
    return !reported.has(finding.key) && reported.add(finding.key);
  });
}

function agreed({ nodes, keys }: Rest, { nodes: compared, at }: DigestsCompared): string {
  const digest = compared === 0 ? "" : `; ${compared} nodes reported the same digest at revision ${at}`;
  return `at rest, ${allOf(nodes.length, "node")} returned the newest value of ${allOf(keys.length, "key")}${digest}`;
}

function summary(first: Anomaly, findings: readonly Finding[]): string {
  const keys = new Set(findings.map(({ key }) => key)).size;
  return keys < 2 ? first.summary : `${keys} keys are affected: ${first.summary}`;
}

function figures({ keys, nodes }: Rest, violations: readonly Finding[]): Record<string, number> {
  const reads = keys.flatMap(({ last }) => [...last.values()].flat());
  const from = reads.reduce((first, { invokedAt }) => Math.min(first, invokedAt), Number.POSITIVE_INFINITY);
  const to = reads.reduce((last, { completedAt }) => Math.max(last, completedAt), 0);
  return {
    "nodes at rest": nodes.length,
    "keys at rest": keys.length,
    "keys in disagreement": new Set(violations.map(({ key }) => key)).size,
    ...(reads.length > 0 && { "last answers within ms": (to - from) / 1e6 }),
  };
}
