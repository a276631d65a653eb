/** The grants of locks in a history: who was granted which lock, with which token, and until when it certainly had it. */
import { type History, isHarnessEvent, isNotice, operations } from "../../core/history.ts";
import type { Operation, Revision } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

/** One acknowledged acquisition. */
export interface Grant {
  readonly lock: string;
  /** Value of the lock's record while this grant has it; no other grant has the same. */
  readonly holder: string;
  /** The system's number for it, which fences off those who had the lock before. */
  readonly token: Revision;
  readonly acquire: Operation;
  /** An acknowledged release. */
  readonly release: Operation | undefined;
  /** The client stopped its keep-alives instead. */
  readonly crash: Operation | undefined;
  /**
   * The earliest time at which the system may have taken it back: its client asked for the end, or the last acknowledged keep-alive
   * left this session's whole time ago.
   */
  readonly until: Nanos;
  /** The same with the session's opening as the only keep-alive. */
  readonly sureUntil: Nanos;
}

interface Session {
  readonly openedAt: Nanos;
  readonly ttl: Nanos;
  lastSign: Nanos;
  /** From then on its client may have asked for its end. */
  endAsked: Nanos;
}

interface Acquired {
  readonly acquire: Operation;
  readonly session: Session;
  release: Operation | undefined;
  crash: Operation | undefined;
}

const never = nanos(Number.POSITIVE_INFINITY);

/** In order of their invocations. */
export function grantsOf(history: History): Grant[] {
  const { acquired, sessions } = acquisitions(history);
  for (const event of history) {
    if (!isNotice(event) || event.f !== "renewed" || typeof event.value !== "number") continue;
    const session = sessions.get(event.key ?? "");
    const sentAt = nanos(event.time - millis(event.value));
    if (session !== undefined && sentAt > session.lastSign) session.lastSign = sentAt;
  }
  return acquired.flatMap((each) => grantOf(each) ?? []);
}

/** The acknowledged acquisitions, and the sessions by name. */
function acquisitions(history: History) {
  const sessions = new Map<string, Session>();
  const current = new Map<number, Session>();
  const held = new Map<number, Acquired>();
  const acquired: Acquired[] = [];
  // The run's own end closes all clients.
  const ending = history.findLast(
    (event) => isHarnessEvent(event) && event.f === "phase" && event.value === "ending",
  );
  for (const operation of operations(history)) {
    const { process, call, outcome, invokedAt } = operation;
    if (call.f === "read") continue;
    const session = current.get(process);
    if (call.f === "open" && outcome.type === "ok") {
      const ttl = millis(Number(outcome.output.value));
      const opened = { openedAt: invokedAt, ttl, lastSign: invokedAt, endAsked: ending?.time ?? never };
      current.set(process, opened);
      sessions.set(call.key ?? "", opened);
    } else if (call.f === "acquire" && outcome.type === "ok" && session !== undefined) {
      const grant = { acquire: operation, session, release: undefined, crash: undefined };
      held.set(process, grant);
      acquired.push(grant);
    }
    const grant = held.get(process);
    if (grant !== undefined && call.f === "release") grant.release = operation;
    if (grant !== undefined && call.f === "crash") grant.crash = operation;
    if (call.f === "release" || call.f === "crash") held.delete(process);
    if (session !== undefined && endsSession(operation) && invokedAt < session.endAsked)
      session.endAsked = invokedAt;
    // What is left to lapse is the client's no more: it ends by its time alone.
    if (call.f === "crash") current.delete(process);
  }
  return { acquired, sessions };
}

/** A client that was refused, or that lost its session, closes its connection and ends what it had. */
const endsSession = ({ outcome }: Operation): boolean =>
  outcome.type === "fail" &&
  (outcome.error.code === "not-connected" || outcome.error.code === "session-expired");

function grantOf({ acquire, session, release, crash }: Acquired): Grant | undefined {
  if (acquire.outcome.type !== "ok" || acquire.outcome.output.revision === undefined) return undefined;
  const asked = Math.min(session.endAsked, release?.invokedAt ?? never);
  return {
    lock: acquire.call.key ?? "",
    holder: String(acquire.call.value),
    token: acquire.outcome.output.revision,
    acquire,
    release: release?.outcome.type === "ok" ? release : undefined,
    crash,
    until: nanos(Math.min(asked, session.lastSign + session.ttl)),
    sureUntil: nanos(Math.min(asked, session.openedAt + session.ttl)),
  };
}
