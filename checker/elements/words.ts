/** What was found of a set's elements, in sentences and with the operations that show it. */
import type { Evidence } from "../../core/evidence.ts";
import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { atTime, count, cutMiddle, duration, listed, showValue } from "../../core/wording.ts";
import type { Finding } from "./findings.ts";
import type { Known, Life } from "./lives.ts";

export const nameOfSet = (set: string): string => (set === "" ? "the set" : cutMiddle(set));

/** `process 4 added it at 11.000 s (acknowledged at 11.200 s)` */
export function cameIn(life: Life, since: Known): string {
  const { add } = life;
  if (add === undefined) return `${seenBy(since)} at ${atTime(since.time)}`;
  const began = `process ${add.process} ${isAnswered(add) ? "added" : "tried to add"} it at ${atTime(add.invokedAt)}`;
  return since.by === add
    ? `${began} (acknowledged at ${atTime(since.time)})`
    : `${began}, and ${seenBy(since)} at ${atTime(since.time)}`;
}

/** `process 4 removed it at 11.000 s (acknowledged at 11.200 s)` */
export const wentOut = ({ by, time }: Known): string =>
  `process ${by.process} removed it at ${atTime(by.invokedAt)} (acknowledged at ${atTime(time)})`;

const isAnswered = ({ outcome }: Operation): boolean => outcome.type === "ok";

/** `n2 had listed it` */
const seenBy = ({ by }: Known): string =>
  by.call.f === "list"
    ? `${by.node ?? `process ${by.process}`} had listed it`
    : `process ${by.process} found it`;

/** The operations in order of invocation, each once, the culprit marked; from `since` on a span is drawn to it. */
export function evidenceOf(
  others: readonly (Operation | undefined)[],
  culprit: Operation,
  since?: Nanos,
): Evidence {
  const operations = [...new Set([...others, culprit].filter((one) => one !== undefined))].toSorted(
    (a, b) => a.callIndex - b.callIndex,
  );
  const at = operations.indexOf(culprit);
  return since === undefined
    ? { kind: "order", operations, culprit: at }
    : { kind: "stale", operations, culprit: at, since };
}

/** An anomaly of a finding; the summary is one sentence with set, element, node, process and times. */
export function anomalyOf(finding: Finding, set: string): Anomaly {
  const key = { key: set };
  switch (finding.kind) {
    case "stale": {
      const { list, life, since } = finding;
      const evidence = evidenceOf([life.add, since.by], list, since.time);
      return { kind: "stale-list", summary: staleWords(finding), ...key, evidence };
    }
    case "session": {
      const { list, life, since } = finding;
      const kind = finding.shows ? "reappearing-element" : "stale-list";
      return {
        kind,
        summary: sessionWords(finding),
        ...key,
        evidence: evidenceOf([life.add, since.by], list),
      };
    }
    case "reappearing": {
      const { list, life, since } = finding;
      const summary = `${listOf(list)} shows ${showValue(life.value)} again, which the list by process ${since.by.process}${on(since.by)} that ended ${before(list, since)} no longer showed`;
      const evidence = evidenceOf([life.add, life.remove, since.by], list);
      return { kind: "reappearing-element", summary, ...key, evidence };
    }
    case "lost": {
      const { life, by } = finding;
      const evidence = evidenceOf([life.add, life.inPlace?.by, finding.last], by);
      return { kind: "lost-element", summary: lostWords(finding), ...key, evidence };
    }
    case "lost-at-rest": {
      const { life, lists } = finding;
      const by = lists[0] as Operation;
      const since = life.inPlace as Known;
      const nodes = listed(lists.map(({ node }) => node ?? ""));
      const summary = `${nameOfSet(set)} lost ${showValue(life.value)} on ${nodes}: ${cameIn(life, since)}, and nothing removed it; it is still missing there at ${atTime(by.invokedAt)}, at rest`;
      return {
        kind: "lost-element",
        summary,
        ...key,
        evidence: evidenceOf([life.add, since.by], by, since.time),
      };
    }
    case "refused": {
      const { life, by } = finding;
      const since = life.inPlace as Known;
      const summary = `the remove of ${showValue(life.value)} from ${nameOfSet(set)} by process ${by.process}${on(by)} at ${atTime(by.invokedAt)} did not find it: ${cameIn(life, since)}, and nothing removed it`;
      return { kind: "lost-element", summary, ...key, evidence: evidenceOf([life.add, since.by], by) };
    }
    case "unexpected": {
      const { by, life } = finding;
      const evidence = evidenceOf([life?.add, life?.failedAdd], by);
      return { kind: "unexpected-element", summary: unexpectedWords(finding), ...key, evidence };
    }
    case "twice": {
      const { by, value } = finding;
      const summary = `${listOf(by)} shows ${showValue(value)} more than once`;
      return { kind: "unexpected-element", summary, ...key, evidence: evidenceOf([], by) };
    }
  }
}

/** `list of s3 on n2 by process 5 at 12.402 s` */
const listOf = (list: Operation): string =>
  `list of ${nameOfSet(list.call.key ?? "")}${on(list)} by process ${list.process} at ${atTime(list.invokedAt)}`;

const on = ({ node }: Operation): string => (node === undefined ? "" : ` on ${node}`);

const before = (list: Operation, { time }: Known): string =>
  `${duration(Math.max(0, list.invokedAt - time))} before it began`;

const earlier = (list: Operation, { time }: Known): string =>
  `${duration(Math.max(0, list.invokedAt - time))} earlier`;

const others = (elements: number): string =>
  elements > 1 ? ` (and ${count(elements - 1, "other element")} out of date)` : "";

function staleWords({ list, life, shows, since, elements }: Extract<Finding, { kind: "stale" }>): string {
  const value = showValue(life.value);
  const more = others(elements);
  if (shows)
    return `${listOf(list)} still shows ${value}, which process ${since.by.process} removed at ${atTime(since.by.invokedAt)} (acknowledged ${earlier(list, since)})${more}`;
  return `${listOf(list)} lacks ${value}, which ${addWords(life, list, since)}, and ${notRemoved(life)}${more}`;
}

const notRemoved = ({ remove }: Life): string =>
  remove === undefined ? "which nothing removed" : "which nothing had removed yet";

/** `process 4 added at 11.000 s (acknowledged 1.4 s earlier)` */
function addWords({ add }: Life, list: Operation, since: Known): string {
  if (add === undefined) return `${since.by.node} listed ${earlier(list, since)}`;
  const isOwn = since.by === add;
  const what = isAnswered(add) ? "added" : "tried to add";
  const known = isOwn
    ? `acknowledged ${earlier(list, since)}`
    : since.by.call.f === "list"
      ? `${since.by.node ?? `process ${since.by.process}`} had listed it ${earlier(list, since)}`
      : `process ${since.by.process} had found it ${earlier(list, since)}`;
  return `process ${add.process} ${what} at ${atTime(add.invokedAt)} (${known})`;
}

function sessionWords({ list, life, shows, since, rule }: Extract<Finding, { kind: "session" }>): string {
  const value = showValue(life.value);
  const own = since.by.call.f;
  const did = own === "list" ? (shows ? "no longer listed" : "listed") : own === "add" ? "added" : "removed";
  const what = shows ? `shows ${value} again` : `lacks ${value}`;
  const end = shows ? "" : `, and ${notRemoved(life)}`;
  return `${listOf(list)} ${what}, which the same process had ${did} ${earlier(list, since)}${end}: it breaks ${rule}`;
}

function lostWords({ life, by, lists, last }: Extract<Finding, { kind: "lost" }>): string {
  const since = life.inPlace as Known;
  const which =
    lists === 1
      ? `the ${listOf(by)} lacks it, and no later one shows it`
      : `${count(lists, "list")} from ${atTime(by.invokedAt)} to ${atTime(last.invokedAt)} lack it (the first${on(by)} by process ${by.process}), and no later one shows it`;
  return `${nameOfSet(life.set)} lost ${showValue(life.value)}: ${cameIn(life, since)}, and nothing removed it; ${which}`;
}

function unexpectedWords({ by, value, life }: Extract<Finding, { kind: "unexpected" }>): string {
  const begin =
    by.call.f === "list"
      ? `${listOf(by)} shows ${showValue(value)}`
      : `the remove of ${showValue(value)} from ${nameOfSet(by.call.key ?? "")} by process ${by.process} at ${atTime(by.invokedAt)} found it`;
  if (life?.add !== undefined)
    return `${begin}, which process ${life.add.process} only began to add at ${atTime(life.add.invokedAt)}`;
  if (life?.failedAdd !== undefined)
    return `${begin}, although its add by process ${life.failedAdd.process} at ${atTime(life.failedAdd.invokedAt)} had failed`;
  return `${begin}, which nobody had added`;
}

/** `2 lost elements and 3 stale lists` */
export const countsInWords = (counts: readonly (readonly [number, string])[]): string =>
  listed(counts.filter(([number]) => number > 0).map(([number, thing]) => count(number, thing)));
