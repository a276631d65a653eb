import { operations } from "../../core/history.ts";
import type { Json, Operation } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { atTime, count, cutMiddle, duration, listed, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { everyKindFirst } from "../every-kind.ts";
import { definitelyBefore, type KeyVersions, type Version, valueRead, versionsByKey } from "./versions.ts";

/** The guarantees of a session (Terry et al., 1994), by the names under which their violations are reported. */
export type SessionGuarantee =
  | "monotonic-reads"
  | "read-your-writes"
  | "monotonic-writes"
  | "writes-follow-reads";

const mostShown = 5;

/** What a session's operation did to a key: it read a version, or put one there. */
interface Step {
  readonly operation: Operation;
  readonly version: Version;
  readonly kind: "read" | "write";
}

/**
 * Judges the guarantees within each session: one process, as long as its connection lasts. A violation is reported only
 * where the order of two versions is certain (`definitelyBefore`): by the system's own revisions, or because one was in
 * place before the other was requested. For `monotonic-reads` the revisions of the states read must not go back either,
 * whatever the key, where the system reports them.
 */
export function sessions({
  guarantees,
  initial = null,
}: {
  guarantees: readonly SessionGuarantee[];
  initial?: Json;
}): Checker {
  const wanted = new Set(guarantees);
  return {
    name: "sessions",
    check(history): Verdict {
      const all = operations(history);
      const inSessions = sessionsOf(all);
      const sessionOf = new Map(
        inSessions.flatMap((session, i) => session.map((operation) => [operation, i] as const)),
      );
      const found = withoutRepeats([
        ...versionsByKey(all, initial).flatMap((key) => keyViolations(key, sessionOf, wanted)),
        ...(wanted.has("monotonic-reads") ? inSessions.flatMap(revisionGoesBack) : []),
      ]);
      const anomalies = everyKindFirst(found, ({ kind }) => kind).slice(0, mostShown);
      const first = found[0];
      return {
        checker: "sessions",
        kind: first === undefined ? "valid" : "invalid",
        summary:
          first === undefined
            ? `${listed(guarantees.map((name) => name.replaceAll("-", " ")))} held in every session`
            : `${count(found.length, "violation")} of session guarantees: ${first.summary}`,
        anomalies,
        figures: { "session violations": found.length },
      };
    },
  };
}

/** One violation of a kind for each operation that breaks it: a read may go back in its key's order and in the system's. */
function withoutRepeats(found: readonly Anomaly[]): Anomaly[] {
  const reported = new Set<string>();
  return found.filter(({ kind, evidence }) => {
    const name = `${kind} ${evidence?.operations[evidence.culprit ?? -1]?.callIndex}`;
    return !reported.has(name) && reported.add(name);
  });
}

/** A session's operations in order. It ends where its connection did: the process then goes on in a new one. */
export function sessionsOf(all: readonly Operation[]): Operation[][] {
  const ended = new Set(["not-connected", "connection-lost", "session-expired"]);
  const sessions: Operation[][] = [];
  const current = new Map<number, Operation[]>();
  for (const operation of all) {
    let session = current.get(operation.process);
    if (session === undefined) {
      session = [];
      current.set(operation.process, session);
      sessions.push(session);
    }
    session.push(operation);
    if (operation.outcome.type !== "ok" && ended.has(operation.outcome.error.code))
      current.delete(operation.process);
  }
  return sessions;
}

function keyViolations(
  key: KeyVersions,
  sessionOf: ReadonlyMap<Operation, number>,
  wanted: ReadonlySet<SessionGuarantee>,
): Anomaly[] {
  const bySession = new Map<number | undefined, Step[]>();
  for (const step of stepsOf(key)) {
    const session = sessionOf.get(step.operation);
    const own = bySession.get(session);
    if (own === undefined) bySession.set(session, [step]);
    else own.push(step);
  }
  return [...bySession.values()].flatMap((session) =>
    sessionViolations(session, wanted).map((pair) => anomaly(key.key, ...pair)),
  );
}

/** What is known to have been read and written, in order of invocation. */
function stepsOf({ reads, versions }: KeyVersions): Step[] {
  const steps: Step[] = [];
  for (const { operation, version } of reads) {
    if (version !== undefined) steps.push({ operation, version, kind: "read" });
  }
  for (const version of versions) {
    const { operation } = version;
    if (operation?.outcome.type === "ok") steps.push({ operation, version, kind: "write" });
  }
  return steps.sort((a, b) => a.operation.callIndex - b.operation.callIndex);
}

/** Pairs of steps of one session whose versions stand in the wrong order. */
function sessionViolations(
  session: readonly Step[],
  wanted: ReadonlySet<SessionGuarantee>,
): [SessionGuarantee, Step, Step][] {
  const newest: Partial<Record<Step["kind"], Step>> = {};
  const found: [SessionGuarantee, Step, Step][] = [];
  for (const step of session) {
    for (const before of [newest.read, newest.write]) {
      if (before === undefined) continue;
      const guarantee = guaranteeOf(before.kind, step.kind);
      if (wanted.has(guarantee) && definitelyBefore(step.version, before.version))
        found.push([guarantee, before, step]);
    }
    const known = newest[step.kind];
    if (known === undefined || definitelyBefore(known.version, step.version)) newest[step.kind] = step;
  }
  return found;
}

function guaranteeOf(before: Step["kind"], after: Step["kind"]): SessionGuarantee {
  if (after === "read") return before === "read" ? "monotonic-reads" : "read-your-writes";
  return before === "read" ? "writes-follow-reads" : "monotonic-writes";
}

/** Reads of one session whose states go back by the system's own count. */
function revisionGoesBack(session: readonly Operation[]): Anomaly[] {
  let newest: { revision: number; operation: Operation } | undefined;
  const found: Anomaly[] = [];
  for (const operation of session) {
    if (operation.call.f !== "read" || operation.outcome.type !== "ok") continue;
    const { revision } = operation.outcome.output;
    if (revision === undefined) continue;
    if (newest !== undefined && revision < newest.revision) {
      found.push({
        kind: "monotonic-reads",
        summary: `${describe(operation)}, in a state of revision ${revision}, ${sinceThen(newest.operation, operation)} after it had read a state of revision ${newest.revision}`,
        evidence: { kind: "order", operations: [newest.operation, operation], culprit: 1 },
      });
    } else newest = { revision, operation };
  }
  return found;
}

function anomaly(key: string, kind: SessionGuarantee, before: Step, after: Step): Anomaly {
  const involved = [
    before.version.operation,
    after.version.operation,
    after.version.seenBy,
    before.operation,
    after.operation,
  ];
  const shown = [...new Set(involved.filter((op) => op !== undefined))].toSorted(
    (a, b) => a.callIndex - b.callIndex,
  );
  const since = sinceThen(before.operation, after.operation);
  return {
    kind,
    summary: `${describe(after.operation)}, ${since} after it had ${done(before)}, although ${whyOlder(after, before)}`,
    key,
    evidence: { kind: "order", operations: shown, culprit: shown.indexOf(after.operation) },
  };
}

/** How long before the request of `after` the session had the answer of `before`. */
const sinceThen = (before: Operation, after: Operation): string =>
  duration(Math.max(0, after.invokedAt - before.completedAt));

/** Why the version of `older` is certain to come before that of `newer`. */
function whyOlder(older: Step, newer: Step): string {
  const [a, b] = [older.version, newer.version];
  if (a.operation === undefined) return `${text(newer)} had replaced the initial value`;
  if (a.effectBy < b.calledAt) return `${text(older)} was in place before ${text(newer)} was requested`;
  return `the system ordered ${text(older)} first (revision ${a.revision}, before ${b.revision})`;
}

/** What a step did, as a participle. */
function done({ kind, operation, version }: Step): string {
  if (kind === "read") return `read ${showValue(version.value)}`;
  return operation.call.f === "delete" ? "deleted it" : `written ${showValue(version.value)}`;
}

const text = ({ version }: Step): string =>
  version.operation?.call.f === "delete" ? "the delete" : showValue(version.value);

function describe(operation: Operation): string {
  const { process, call, node, invokedAt } = operation;
  const where = `${cutMiddle(call.key ?? "the register")}${node === undefined ? "" : ` on ${node}`}`;
  if (call.f === "delete") return `process ${process} deleted ${where} at ${atTime(invokedAt)}`;
  const what =
    call.f === "read"
      ? `read ${showValue(valueRead(operation))} from`
      : `wrote ${showValue(valuePut(operation))} to`;
  return `process ${process} ${what} ${where} at ${atTime(invokedAt)}`;
}

/** The value that a write or a CAS wrote. */
const valuePut = ({ call }: Operation): Json | undefined =>
  call.f === "cas" ? (call.value as readonly Json[])[1] : call.value;
