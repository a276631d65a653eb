import { allOf } from "../../core/wording.ts";
import { type Finding, findingsOf, isViolation } from "./findings.ts";
import type { JudgeAtRest } from "./judged.ts";
import { restOf } from "./rest.ts";
import { anomalyOf } from "./sentences.ts";

/** Compares the newest value of each register between the nodes. */
export const registersAtRest: JudgeAtRest = (history, bound) => {
  const rest = restOf(history);
  if (rest === undefined) return undefined;
  const { nodes, keys } = rest;
  return {
    nodes,
    thing: "key",
    objects: keys.length,
    isAsked: keys.some(({ asked }) => asked.size > 0),
    answers: keys.flatMap(({ last }) => [...last.values()].flat()),
    findings: findingsOf(rest, bound).map((finding) => ({
      key: finding.key,
      nodes: nodesOf(finding),
      isViolation: isViolation(finding),
      isEverywhere: finding.type === "behind" && finding.everywhere,
      anomaly: () => anomalyOf(finding, rest),
    })),
    agreed: `returned the newest value of ${allOf(keys.length, "key")}`,
  };
};

const nodesOf = (finding: Finding) =>
  finding.type === "disagreement" ? finding.answers.map(({ node }) => node) : [finding.node];
