/** The checker of locks: mutual exclusion while sessions certainly live, tokens that rise, and how locks pass from hand to hand. */
import type { Consistency, KnownLimit, SessionPromise } from "../../core/consistency.ts";
import { promisesFreshReads } from "../../core/consistency.ts";
import { type FaultWindow, faultWindows } from "../../core/fault.ts";
import { type History, operations } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { atTime, count, duration } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { grouped } from "../convergence/at-rest.ts";
import { everyKindFirst } from "../every-kind.ts";
import { excusesOf } from "../known-limits/excuses.ts";
import { register } from "../models/register.ts";
import { type Grant, grantsOf } from "./grants.ts";
import { handoverFigures } from "./handovers.ts";
import { judgeGrants, judgeReads, type LockFinding } from "./judge.ts";

export interface LockCheckersOptions {
  readonly promises: Consistency;
  readonly limits?: readonly KnownLimit[];
  /** Absent: an answered keep-alive counts. */
  readonly session?: SessionPromise;
}

const mostShown = 5;

export const lockCheckers = (options: LockCheckersOptions): Checker[] => [
  { name: "locks", check: (history) => check(history, options) },
];

function check(history: History, options: LockCheckersOptions): Verdict {
  const grants = grantsOf(history);
  const locks = [...grouped(grants, ({ lock }) => lock).values()];
  const reads = freshReads(history, options);
  const judged = (each: readonly Grant[]) => [
    ...judgeGrants(each),
    ...judgeReads(each, reads.get(each[0]?.lock ?? "") ?? []),
  ];
  const found = locks.flatMap(judged);
  const isReceived = options.session?.renewal === "received";
  const faults = faultWindows(history);
  const excused = isReceived ? found.filter((finding) => missedRenewal(finding, faults)) : [];
  // What is excused may hide what no lost keep-alive explains.
  const hidden = excused.length === 0 ? [] : locks.flatMap((each) => judged(each.map(surely)));
  const violations = withoutRepeats([...found.filter((finding) => !excused.includes(finding)), ...hidden]);
  const [first] = violations;
  return {
    checker: "locks",
    kind: first === undefined ? "valid" : "invalid",
    summary:
      first === undefined
        ? `no lock was held twice at a time in ${count(grants.length, "grant")}${excusedWords(excused.length)}, and the tokens rose`
        : violations.length === 1
          ? sentenceOf(first)
          : `${count(violations.length, "finding")}: ${sentenceOf(first)}`,
    anomalies: everyKindFirst(violations, ({ kind }) => kind)
      .slice(0, mostShown)
      .map(anomalyOf),
    figures: {
      grants: grants.length,
      released: grants.filter(({ release }) => release !== undefined).length,
      "violations of locks": violations.length,
      ...(isReceived && { "lost early around a fault": excused.length }),
      ...handoverFigures(locks),
    },
  };
}

/** As far as it certainly had the lock even if no keep-alive had come. */
const surely = (grant: Grant): Grant => ({ ...grant, until: grant.sureUntil });

/** Two findings of a kind about the same two operations are one. */
function withoutRepeats(found: readonly LockFinding[]): LockFinding[] {
  const seen = new Set<string>();
  return found.filter((finding) => {
    const { kind, grant } = finding;
    const other = kind === "not-shown" ? finding.read : finding.other.acquire;
    const name = `${kind} ${grant.acquire.callIndex} ${other.callIndex}`;
    return !seen.has(name) && seen.add(name);
  });
}

const excusedWords = (excused: number): string =>
  excused === 0
    ? ""
    : ` (but for ${excused} around a fault that may have kept keep-alives from whoever counts the time)`;

/** A last keep-alive (`crash`) may be answered by who has applied nothing yet. Only which calls are reads matters. */
const lockModel = {
  ...register(),
  readOnly: ({ f }: { readonly f: string }) => f === "read" || f === "crash",
};

/** Reads that must see the state of a moment between their request and their answer, by lock. */
function freshReads(
  history: History,
  { promises, limits = [] }: LockCheckersOptions,
): Map<string, Operation[]> {
  if (!promisesFreshReads(promises)) return new Map();
  const excuses = excusesOf(lockModel, history, limits);
  const fresh = operations(history).filter(
    (read) => read.call.f === "read" && read.outcome.type === "ok" && excuses.of(read) === undefined,
  );
  return grouped(
    fresh.toSorted((a, b) => a.invokedAt - b.invokedAt),
    ({ call }) => call.key ?? "",
  );
}

/** Whether a fault may have kept an answered keep-alive from whoever counts the time, so that the session ended early. */
function missedRenewal(finding: LockFinding, faults: readonly FaultWindow[]): boolean {
  if (finding.kind === "token-fell") return false;
  const loser = finding.kind === "held-twice" ? finding.other : finding.grant;
  const seen = finding.kind === "held-twice" ? finding.grant.acquire : finding.read;
  return (
    seen.completedAt >= loser.sureUntil &&
    faults.some(({ from, to }) => from <= seen.completedAt && to >= loser.acquire.invokedAt)
  );
}

function anomalyOf(finding: LockFinding): Anomaly {
  const culprit = finding.kind === "not-shown" ? finding.read : finding.grant.acquire;
  const { grant } = finding;
  const all = [
    grant.acquire,
    grant.release,
    grant.crash,
    ...(finding.kind === "not-shown"
      ? [finding.read]
      : [finding.other.acquire, finding.other.release, finding.other.crash]),
  ];
  const shown = all
    .filter((operation) => operation !== undefined)
    .toSorted((a, b) => a.callIndex - b.callIndex);
  return {
    kind: `lock-${finding.kind}`,
    summary: sentenceOf(finding),
    key: grant.lock,
    evidence: { kind: "order", operations: shown, culprit: shown.indexOf(culprit) },
  };
}

const named = ({ acquire, token }: Grant): string => `process ${acquire.process} (token ${token})`;

function sentenceOf(finding: LockFinding): string {
  const { grant } = finding;
  const { lock, acquire } = grant;
  switch (finding.kind) {
    case "held-twice": {
      const { other } = finding;
      return `${named(grant)} was granted ${lock} at ${atTime(acquire.completedAt)}, ${duration(other.until - acquire.completedAt)} before ${named(other)} could lose it, which had acquired it at ${atTime(other.acquire.completedAt)}`;
    }
    case "token-fell": {
      const { other } = finding;
      return `${named(grant)} was granted ${lock} at ${atTime(acquire.completedAt)}, and ${named(other)} with a token that is ${other.token === grant.token ? "the same" : "lower"} asked for it at ${atTime(other.acquire.invokedAt)}`;
    }
    case "not-shown": {
      const { read } = finding;
      const where = read.node ?? `process ${read.process}`;
      const value = read.outcome.type === "ok" ? read.outcome.output.value : null;
      const shown = value === null || value === undefined ? "nobody" : `the holder ${value}`;
      return `${where} returned ${shown} as the holder of ${lock} at ${atTime(read.completedAt)}, ${duration(grant.until - read.completedAt)} before ${named(grant)} could lose it`;
    }
  }
}
