/** What was found of sets at rest, in sentences and with the operations that show it. */
import type { Operation } from "../../core/op.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { allOf, atTime, count, duration, listed, showValue } from "../../core/wording.ts";
import { type AtRest, atRest } from "../convergence/at-rest.ts";
import type { JudgeAtRest } from "../convergence/judged.ts";
import { afterHeal, isViolation, type NodeAnswer, type RestFinding, setsAtRest } from "./rest.ts";
import { cameIn, evidenceOf, nameOfSet, wentOut } from "./words.ts";

/** Compares the elements of each set as each node listed them: with what was added and removed, and between nodes. */
export const elementsAtRest: JudgeAtRest = (history, bound) => {
  const rest = atRest(history, ({ f }) => f === "list");
  if (rest === undefined) return undefined;
  const sets = setsAtRest(rest, bound);
  return {
    nodes: rest.nodes,
    thing: "set",
    objects: sets.length,
    isAsked: sets.some(({ asked }) => asked.size > 0),
    answers: sets.flatMap(({ answers }) => answers),
    findings: sets.flatMap(({ set, findings }) =>
      findings.map((finding) => ({
        key: set,
        nodes: nodesOf(finding),
        isViolation: isViolation(finding),
        isEverywhere: finding.type === "behind" && finding.isEverywhere,
        anomaly: () => anomalyOf(set, finding, rest),
      })),
    ),
    agreed: `listed the same and newest elements of ${allOf(sets.length, "set")}`,
  };
};

function nodesOf(finding: RestFinding) {
  if (finding.type !== "disagreement") return [finding.node];
  return [...finding.showing, ...finding.lacking].map(({ node }) => node);
}

function anomalyOf(set: string, finding: RestFinding, rest: AtRest): Anomaly {
  switch (finding.type) {
    case "behind":
      return behind(set, finding, rest);
    case "unexpected": {
      const { node, list, life } = finding;
      const summary = `${node} listed ${showValue(life.value)} in ${nameOfSet(set)} at ${atTime(list.invokedAt)}, at rest, which nobody had added`;
      return { kind: "convergence", summary, key: set, evidence: evidenceOf([list], list) };
    }
    case "disagreement":
      return disagreement(set, finding);
    case "unheard": {
      const { node, isAsked } = finding;
      const what = isAsked ? "gave no answer for" : "was not asked for";
      const summary = `${node} ${what} ${nameOfSet(set)} at rest: whether it holds the newest elements is not known`;
      return { kind: isAsked ? "not-heard" : "not-asked", summary, key: set };
    }
  }
}

function behind(set: string, finding: Extract<RestFinding, { type: "behind" }>, rest: AtRest): Anomaly {
  const { node, list, wrong, all, isEverywhere, others } = finding;
  const { life, shows, since, proof } = wrong;
  const still = proof === undefined ? "" : " still";
  const does = shows ? `${still} listed` : `${still === "" ? "" : " still"} lacked`;
  const at = `at ${atTime(list.invokedAt)}, ${duration(afterHeal(list, rest))} after the last heal`;
  const what = `${showValue(life.value)} in ${nameOfSet(set)}`;
  const differing = others.filter(({ shown }) => shown.has(life) !== shows).map((other) => other.node);
  const begin = isEverywhere
    ? `every node that answered${does} ${what} at rest (${node} ${at})`
    : `${node}${does} ${what} ${at}${differing.length === 0 ? "" : `, while ${listed(differing)} ${shows ? "did not" : "listed it"}`}`;
  const why = shows ? wentOut(since) : `${cameIn(life, since)}, and nothing removed it`;
  const more = all.length > 1 ? `; and ${count(all.length - 1, "other element")}` : "";
  const end =
    proof === undefined
      ? "; it was not asked again"
      : proof.type === "earlier"
        ? `, although it had listed it at ${atTime(proof.list.invokedAt)}`
        : "";
  const involved = [
    life.add,
    since.by,
    ...others.slice(0, 4).map((other) => other.list),
    proof?.type === "earlier" ? proof.list : undefined,
  ];
  return {
    kind: proof === undefined ? "not-asked-again" : "convergence",
    summary: `${begin}: ${why}${end}${more}`,
    key: set,
    evidence: evidenceOf(involved, list, since.time),
  };
}

function disagreement(set: string, finding: Extract<RestFinding, { type: "disagreement" }>): Anomaly {
  const { life, showing, lacking, proof } = finding;
  const nodes = (answers: readonly NodeAnswer[]) => listed(answers.map(({ node }) => node));
  const lists = [...showing, ...lacking].map(({ list }) => list);
  const last = lists.reduce((a, b) => (b.callIndex > a.callIndex ? b : a));
  const shown = showing.map(({ list }) => list).reduce((a, b) => (b.callIndex > a.callIndex ? b : a));
  const why =
    proof === undefined
      ? "they were not asked again"
      : `${shown.node} was asked ${duration(shown.invokedAt - proof.completedAt)} after ${proof.node} no longer had it`;
  return {
    kind: proof === undefined ? "not-asked-again" : "convergence",
    summary: `the nodes disagree on ${showValue(life.value)} in ${nameOfSet(set)} at rest: ${nodes(showing)} listed it, ${nodes(lacking)} did not; ${openEnd(life)}${why}`,
    key: set,
    evidence: evidenceOf([life.add, life.remove, ...lists], proof === undefined ? last : shown),
  };
}

/** What is not known of the element. */
function openEnd({ add, remove }: { add?: Operation; remove?: Operation }): string {
  if (remove !== undefined)
    return `process ${remove.process} tried to remove it at ${atTime(remove.invokedAt)}, and `;
  return add?.outcome.type === "info"
    ? `process ${add.process} tried to add it at ${atTime(add.invokedAt)}, and `
    : "";
}
