/**
 * Judges reads that may be old, of any model: each must see a state that the updates left, and where the promise keeps a
 * session's order, later operations of a session must not see older states. Key by key where the model has keys.
 *
 * What it does not see: two sessions that each fit an order of the updates of their own, but not the same one; a session
 * that goes back only across keys, unless the system reports the revision of the state that a read saw.
 */
import { operations as operationsOf } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf, atTime, count, cutMiddle, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { Budget, within } from "../linearizability/limits.ts";
import { listOf } from "../linearizability/operation-list.ts";
import { split } from "../linearizability/split.ts";
import type { Model } from "../model.ts";
import { isRead } from "../reads/is-read.ts";
import { sessionsOf } from "../reads/sessions.ts";
import { revisionsGoBack } from "./revisions-go-back.ts";
import { judgeSession, type Session } from "./session-order.ts";
import { explainReads } from "./update-order.ts";

/** What must not go back for a session: nothing, what its reads see, or what its reads see and its updates leave. */
export type SessionOrder = "none" | "reads" | "operations";

export interface PastReadsOptions {
  readonly model: Model;
  /** Which of a session's operations must see the states in order. */
  readonly order: SessionOrder;
}

const mostReported = 8;
/** An anomaly shows the operations of its session up to the one that goes back: the last of them. */
const mostShown = 12;

export function pastReads(options: PastReadsOptions): Checker {
  return {
    name: "past-reads",
    check(history, { now, timeLimitSeconds, memoryLimitBytes }): Verdict {
      const deadlineSeconds = now() + timeLimitSeconds;
      const budget = new Budget({ now, deadlineSeconds, memoryBytes: memoryLimitBytes });
      const all = operationsOf(history);
      const found = within(
        () => judge(options, all, budget),
        (limit): Found => ({ violations: [], open: [undecided(undefined, limit)] }),
      );
      return verdictOf(
        found,
        all.filter((operation) => isAnswered(options.model, operation)).length,
        options,
      );
    },
  };
}

interface Found {
  readonly violations: Anomaly[];
  readonly open: Anomaly[];
}

const isAnswered = (model: Model, { call, outcome }: Operation): boolean =>
  outcome.type === "ok" && isRead(model, call);

function judge({ model, order }: PastReadsOptions, all: readonly Operation[], budget: Budget): Found {
  const found: Found = { violations: [], open: [] };
  const sessions = order === "none" ? [] : sessionsOf(all);
  const isJudged = (operation: Operation) =>
    isAnswered(model, operation) || (order === "operations" && isAcknowledged(operation));
  found.violations.push(...sessions.flatMap((session) => revisionsGoBack(model, session.filter(isJudged))));
  const relevant = all.filter((operation) => isAnswered(model, operation) || !isRead(model, operation.call));
  for (const { key, positions } of split(model, listOf(relevant), budget)) {
    const own = Array.from(positions, (i) => relevant[i] as Operation);
    const within = new Set(own);
    const inOrder = sessions
      .map((session) => session.filter((operation) => within.has(operation) && isJudged(operation)))
      .filter((session) => session.length > 1);
    judgeKey({ model, key, operations: own, sessions: inOrder, budget }, found);
  }
  return found;
}

/** Whether the session knows the state around an update: it took effect, or was refused because of what it found. */
const isAcknowledged = ({ outcome }: Operation): boolean =>
  outcome.type === "ok" || (outcome.type === "fail" && outcome.error.code === "mismatch");

interface Part {
  readonly model: Model;
  readonly key: string | undefined;
  readonly operations: readonly Operation[];
  readonly sessions: readonly Session[];
  readonly budget: Budget;
}

function judgeKey({ model, key, operations, sessions, budget }: Part, { violations, open }: Found): void {
  const reads = operations.filter(({ call }) => isRead(model, call));
  const updates = operations.filter(({ call }) => !isRead(model, call));
  const explained = explainReads(model, updates, reads, budget);
  switch (explained.kind) {
    case "undecided":
      open.push(undecided(key, explained.limit));
      return;
    case "no-order":
      open.push({
        kind: "no-order",
        summary: `the updates${ofKey(key)} are not linearizable, so no state explains any read`,
        ...(key !== undefined && { key }),
      });
      return;
    case "unexplained":
      violations.push(...explained.reads.map((read) => unexplained(key, read)));
      return;
    case "explained":
      for (const session of sessions) {
        const judged = judgeSession(model, updates, explained.order, session, budget);
        if (judged.kind === "undecided") open.push(undecided(key, judged.limit));
        if (judged.kind === "out-of-order") violations.push(outOfOrder(key, judged.operations));
      }
  }
}

const ofKey = (key: string | undefined): string =>
  key === undefined || key === "" ? "" : ` of key ${cutMiddle(key)}`;

function unexplained(key: string | undefined, read: Operation): Anomaly {
  return {
    kind: "unexplained-read",
    summary: `${described(read)}: no order of the updates invoked by then explains this state together with the other reads`,
    ...(key !== undefined && { key }),
    evidence: { kind: "order", operations: [read], culprit: 0 },
  };
}

function outOfOrder(key: string | undefined, session: Session): Anomaly {
  const shown = session.slice(-mostShown);
  const last = shown.at(-1) as Operation;
  return {
    kind: "session-order",
    summary: `${described(last)}, an older state than its session had already seen`,
    ...(key !== undefined && { key }),
    evidence: { kind: "order", operations: shown, culprit: shown.length - 1 },
  };
}

function undecided(key: string | undefined, limit: string): Anomaly {
  return {
    kind: limit,
    summary: `the reads${ofKey(key)} are undecided: the ${limit.replace("-", " ")} was reached`,
    ...(key !== undefined && { key }),
  };
}

/** `process 3's read of r1 on n2 at 1.204 s returned [1,2]` */
function described({ process, node, call, outcome, invokedAt }: Operation): string {
  const about = call.key === undefined ? "" : ` of ${cutMiddle(call.key)}`;
  const where = node === undefined ? "" : ` on ${node}`;
  const answer = outcome.type === "ok" ? `returned ${showValue(outcome.output.value)}` : "was refused";
  return `process ${process}'s ${call.f}${about}${where} at ${atTime(invokedAt)} ${answer}`;
}

const orderWords: Readonly<Record<SessionOrder, string>> = {
  none: "",
  reads: ", and no session read an older state after a newer one",
  operations: ", and no session read a state older than what it had read or written",
};

function verdictOf({ violations, open }: Found, reads: number, { order }: PastReadsOptions): Verdict {
  const first = violations[0] ?? open[0];
  const kind = violations.length > 0 ? "invalid" : open.length > 0 ? "unknown" : "valid";
  const fine =
    reads === 0
      ? "there were no reads to judge"
      : `${allOf(reads, "read")} returned a state that the updates had left${orderWords[order]}`;
  const more = violations.length > 1 ? `${count(violations.length, "violation")}: ` : "";
  return {
    checker: "past-reads",
    kind,
    summary: first === undefined ? fine : `${more}${first.summary}`.trim(),
    anomalies: [...violations.slice(0, mostReported), ...open.slice(0, mostReported)],
    figures: { "past reads": reads, "reads out of order or unexplained": violations.length },
  };
}
