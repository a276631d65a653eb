/** The leases of a history, each with its one record: what its client did, and what others saw of the record. */
import { type History, isHarnessEvent, isNotice, operations } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

/** A lease. Its record has the lease's name as its key, and no other lease uses that name. */
export interface LeaseRecord {
  readonly key: string;
  readonly grant: Operation;
  /** The time that the system granted; undefined if the grant was not acknowledged. */
  readonly ttl: Nanos | undefined;
  /** When the last keep-alive left that was acknowledged; the grant counts as one. */
  lastSign: Nanos;
  /** From this time on its client may have asked the system to end it; Infinity if it never did. */
  endAsked: Nanos;
  attach: Operation | undefined;
  /** An acknowledged end. */
  revoked: Operation | undefined;
  /** The client let it lapse. */
  lapse: Operation | undefined;
  readonly reads: Operation[];
}

const never = nanos(Number.POSITIVE_INFINITY);

/** By name, in order of their grants. `modes`: which reads belong to them. */
export function leaseRecords(history: History): Map<string, LeaseRecord> {
  const all = operations(history);
  const records = new Map<string, LeaseRecord>();
  for (const operation of all) if (operation.call.f === "grant") add(records, operation, history);
  for (const operation of all) {
    const record = records.get(operation.call.key ?? "");
    if (record !== undefined) assign(record, operation);
  }
  endWithClients(records, all);
  for (const event of history) {
    if (!isNotice(event) || event.f !== "renewed") continue;
    const record = records.get(event.key ?? "");
    const agoMs = typeof event.value === "number" ? event.value : 0;
    if (record !== undefined) record.lastSign = later(record.lastSign, nanos(event.time - millis(agoMs)));
  }
  return records;
}

function add(records: Map<string, LeaseRecord>, grant: Operation, history: History): void {
  const { call, outcome } = grant;
  const key = call.key ?? "";
  records.set(key, {
    key,
    grant,
    ttl: outcome.type === "ok" ? millis(Number(outcome.output.value)) : undefined,
    lastSign: grant.invokedAt,
    // The run's own end closes all clients.
    endAsked: endingAt(history),
    attach: undefined,
    revoked: undefined,
    lapse: undefined,
    reads: [],
  });
}

function assign(record: LeaseRecord, operation: Operation): void {
  const { call, outcome, invokedAt } = operation;
  switch (call.f) {
    case "attach":
      record.attach = operation;
      return;
    case "revoke":
      record.endAsked = earlier(record.endAsked, invokedAt);
      if (outcome.type === "ok") record.revoked = operation;
      return;
    case "lapse":
      record.lapse = operation;
      return;
    case "read":
      record.reads.push(operation);
  }
}

/** A client that was refused, or that lost its session, closes its connection and ends what it had. */
function endWithClients(records: ReadonlyMap<string, LeaseRecord>, all: readonly Operation[]): void {
  const byProcess = new Map<number, LeaseRecord[]>();
  for (const record of records.values()) {
    const own = byProcess.get(record.grant.process);
    if (own === undefined) byProcess.set(record.grant.process, [record]);
    else own.push(record);
  }
  for (const { process, outcome, invokedAt } of all) {
    if (outcome.type !== "fail") continue;
    const { code } = outcome.error;
    if (code !== "not-connected" && code !== "session-expired") continue;
    for (const record of byProcess.get(process) ?? []) {
      // What was left to lapse is the client's no more: it ends by its time alone.
      const isLeft = record.lapse !== undefined && record.lapse.invokedAt < invokedAt;
      if (record.grant.invokedAt <= invokedAt && !isLeft)
        record.endAsked = earlier(record.endAsked, invokedAt);
    }
  }
}

function endingAt(history: History): Nanos {
  const ending = history.findLast(
    (event) => isHarnessEvent(event) && event.f === "phase" && event.value === "ending",
  );
  return ending?.time ?? never;
}

const earlier = (a: Nanos, b: Nanos): Nanos => (b < a ? b : a);
const later = (a: Nanos, b: Nanos): Nanos => (b > a ? b : a);
