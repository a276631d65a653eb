/** Findings of convergence as anomalies: a sentence each, and the operations that show it. */
import { unreachable } from "../../core/assert.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { atTime, cutMiddle, duration, listed, showValue } from "../../core/wording.ts";
import { canonical } from "../canonical.ts";
import { type Version, valueRead } from "../reads/versions.ts";
import type { Finding } from "./findings.ts";
import type { Rest } from "./rest.ts";

type Of<T extends Finding["type"]> = Extract<Finding, { type: T }>;

/** `convergence` is a violation; the other kinds leave it open. */
export function anomalyOf(finding: Finding, rest: Rest): Anomaly {
  switch (finding.type) {
    case "behind":
      return behind(finding, rest);
    case "unwritten": {
      const { node, key, read, others } = finding;
      return {
        kind: "convergence",
        summary: `at rest, ${node} returned ${showValue(valueRead(read))} for ${name(key)} at ${atTime(read.invokedAt)}, a value that nobody had written${whileOthers(others)}`,
        key,
        ...shown([...others.map((other) => other.read), read], read),
      };
    }
    case "disagreement":
      return disagreement(finding);
    case "unheard": {
      const { node, key, asked } = finding;
      const what = asked
        ? `gave no answer for ${name(key)} at rest`
        : `was not asked for ${name(key)} at rest`;
      const summary = `${node} ${what}: whether it holds the newest value is not known`;
      return { kind: asked ? "not-heard" : "not-asked", summary, key };
    }
    default:
      return unreachable(finding);
  }
}

function behind(finding: Of<"behind">, { healedAt }: Rest): Anomaly {
  const { node, key, read, missing, proof, everywhere, others } = finding;
  const at = `at ${atTime(read.invokedAt)}, ${duration(Math.max(0, read.invokedAt - healedAt))} after the last heal`;
  const still = proof === undefined ? "returned" : "still returned";
  const returned = everywhere
    ? `every node that answered ${still} an old value of ${name(key)} at rest: ${returnedBy([finding, ...others])} (${node} ${at})`
    : `${node} ${still} ${showValue(valueRead(read))} for ${name(key)} ${at}, while ${returnedBy(others)}`;
  const loss = `${writeOf(missing)} is missing ${everywhere ? "everywhere" : `at ${node}`}`;
  const end = proof === undefined ? "; it was not asked again" : why(finding);
  const hadIt = proof?.type === "earlier" && isSameKey(proof.read, read) ? proof.read : undefined;
  return {
    kind: proof === undefined ? "not-asked-again" : "convergence",
    summary: `${returned}: ${loss}${end}`,
    key,
    evidence: {
      ...shown(
        [
          missing.operation,
          missing.seenBy,
          ...others.slice(0, mostOthers).map((other) => other.read),
          hadIt,
          read,
        ],
        read,
      ),
      // What the node returned in between would be in the way of the span that is drawn.
      ...(hadIt === undefined ? { kind: "stale", since: missing.effectTime } : { kind: "order" }),
    },
  };
}

const mostOthers = 4;

const isSameKey = (a: Operation, b: Operation): boolean => (a.call.key ?? "") === (b.call.key ?? "");

/** Why it cannot be a delay, where the time that has passed does not already show it. */
function why({ proof, missing, read }: Of<"behind">): string {
  if (proof?.type === "own-revision") {
    const at = read.outcome.type === "ok" ? read.outcome.output.revision : undefined;
    return `, although it answered from a state of revision ${at}, and that write has revision ${missing.revision}`;
  }
  if (proof?.type !== "earlier") return "";
  const { call, outcome, invokedAt } = proof.read;
  const modRevision = outcome.type === "ok" ? outcome.output.modRevision : undefined;
  const has = `, although it had returned ${showValue(valueRead(proof.read))} for ${name(call.key ?? "")} at ${atTime(invokedAt)}`;
  return isSameKey(proof.read, read) || modRevision === undefined
    ? has
    : `${has}, which has revision ${modRevision}, and that write has revision ${missing.revision}`;
}

function disagreement({ key, answers, proven }: Of<"disagreement">): Anomaly {
  const last = answers.reduce((a, b) => (b.read.callIndex > a.read.callIndex ? b : a));
  const which = proven
    ? "each value was in place before all of them were asked, so at least one node has not caught up"
    : "they were not asked again";
  return {
    kind: proven ? "convergence" : "not-asked-again",
    summary: `the nodes disagree on ${name(key)} at rest: ${returnedBy(answers)} at ${atTime(last.read.invokedAt)}; ${which}`,
    key,
    ...shown(
      answers.map(({ read }) => read),
      last.read,
    ),
  };
}

/** `the write of 41 by process 7 (acknowledged at 12.480 s)` */
function writeOf({ operation, value, seenBy, effectTime }: Version): string {
  if (operation === undefined) return `the initial value ${showValue(value)}`;
  const { call, process } = operation;
  const what = call.value === undefined ? `the ${call.f}` : `the ${call.f} of ${showValue(call.value)}`;
  const known =
    seenBy === undefined
      ? `acknowledged at ${atTime(effectTime)}`
      : `${seenBy.node ?? `process ${seenBy.process}`} had returned it at ${atTime(effectTime)}`;
  return `${what} by process ${process} (${known})`;
}

const whileOthers = (others: readonly { node: NodeId; read: Operation }[]): string =>
  others.length === 0 ? "" : `, while ${returnedBy(others)}`;

/** `n2 and n3 returned 41, n4 returned 40` */
function returnedBy(answers: readonly { node: NodeId; read: Operation }[]): string {
  const groups = new Map<string, { value: string; nodes: NodeId[] }>();
  for (const { node, read } of answers) {
    const group = groups.get(canonical(valueRead(read))) ?? { value: showValue(valueRead(read)), nodes: [] };
    group.nodes.push(node);
    groups.set(canonical(valueRead(read)), group);
  }
  return [...groups.values()].map(({ value, nodes }) => `${listed(nodes)} returned ${value}`).join(", ");
}

const name = (key: string): string => (key === "" ? "the register" : cutMiddle(key));

/** The operations in order of invocation, each once, and the position of the wrong one. */
function shown(operations: readonly (Operation | undefined)[], culprit: Operation) {
  const some = [...new Set(operations.filter((one) => one !== undefined))].toSorted(
    (a, b) => a.callIndex - b.callIndex,
  );
  return { operations: some, culprit: some.indexOf(culprit) };
}
