/** The checkers of leases: what a lease promises to its client, how fast its record goes, and that none is left at rest. */
import type { Consistency, KnownLimit, SessionPromise } from "../../core/consistency.ts";
import { promisesFreshReads } from "../../core/consistency.ts";
import { faultWindows } from "../../core/fault.ts";
import { type History, isHarnessEvent } from "../../core/history.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { atTime, count, duration } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { convergence } from "../convergence/convergence.ts";
import { everyKindFirst } from "../every-kind.ts";
import { excusesOf } from "../known-limits/excuses.ts";
import { register } from "../models/register.ts";
import { leasesAtRest } from "./at-rest.ts";
import { type Finding, isAbsent, judge, owedUntil, surelyOwedUntil } from "./judge.ts";
import { type LeaseRecord, leaseRecords } from "./records.ts";

export interface LeaseCheckersOptions {
  readonly promises: Consistency;
  readonly limits?: readonly KnownLimit[];
  /** Absent: an answered keep-alive counts. */
  readonly session?: SessionPromise;
  /** How long a node may take to catch up after the last heal, seconds. */
  readonly boundSeconds?: number;
}

const mostShown = 5;

export function leaseCheckers(options: LeaseCheckersOptions): Checker[] {
  const { boundSeconds } = options;
  return [
    { name: "leases", check: (history) => check(history, options) },
    convergence({ judge: leasesAtRest, ...(boundSeconds !== undefined && { boundSeconds }) }),
  ];
}

function check(history: History, { promises, limits = [], session }: LeaseCheckersOptions): Verdict {
  const records = [...leaseRecords(history).values()];
  const excuses = excusesOf(leaseModel, history, limits);
  const isFresh = (read: LeaseRecord["grant"]) =>
    promisesFreshReads(promises) && excuses.of(read) === undefined;
  const isExcused = session?.renewal === "received" ? missedRenewal(history) : () => false;
  const found = records.map((record) => judge(record, isFresh));
  const excused = found.flat().filter(isExcused);
  // One of each lease is enough, but not one that is excused.
  const violations = found.flatMap((own) => own.find((finding) => !isExcused(finding)) ?? []);
  const anomalies = everyKindFirst(violations, ({ kind }) => kind)
    .slice(0, mostShown)
    .map(anomalyOf);
  const [first] = anomalies;
  return {
    checker: "leases",
    kind: first === undefined ? "valid" : "invalid",
    summary:
      first === undefined
        ? `no record of ${count(records.length, "lease")} went before its time${excusedWords(excused.length)}, and none outlived a lease that was revoked`
        : violations.length === 1
          ? first.summary
          : `${count(violations.length, "finding")}: ${first.summary}`,
    anomalies,
    figures: {
      leases: records.filter(({ grant }) => grant.outcome.type === "ok").length,
      revoked: records.filter(({ revoked }) => revoked !== undefined).length,
      "left to expire": records.filter(({ lapse }) => lapse !== undefined).length,
      "violations of leases": violations.length,
      ...(session?.renewal === "received" && { "ended early around a fault": excused.length }),
      ...measured(records, loadEnd(history)),
    },
  };
}

const excusedWords = (excused: number): string =>
  excused === 0
    ? ""
    : `, but for ${excused} around a fault that may have kept keep-alives from whoever counts the time`;

/** Calls whose answers show no applied update: a keep-alive may be answered by who has applied nothing yet. */
const reads: ReadonlySet<string> = new Set(["read", "renew", "lapse"]);
/** Only which calls are reads matters. */
const leaseModel = { ...register(), readOnly: ({ f }: { readonly f: string }) => reads.has(f) };

/** Early ends where a fault may have kept an answered keep-alive from whoever counts the time. */
function missedRenewal(history: History): (finding: Finding) => boolean {
  const faults = faultWindows(history);
  return ({ kind, record, read }) =>
    kind === "ended-early" &&
    read.completedAt >= surelyOwedUntil(record) &&
    faults.some(({ from, to }) => from <= read.completedAt && to >= record.grant.invokedAt);
}

/** The observers look at the records until then. */
const loadEnd = (history: History): number =>
  history.findLast((event) => isHarnessEvent(event) && event.f === "phase" && event.value === "ending")
    ?.time ?? Number.POSITIVE_INFINITY;

/**
 * How long records stay after they should be gone. The end lies between the last read that saw it and the first that did not.
 * Records that were still there when the observers stopped are counted, and part of no percentile.
 */
function measured(records: readonly LeaseRecord[], until: number): Record<string, number> {
  const attached = records.filter(({ attach }) => attach?.outcome.type === "ok");
  const revoked = attached.flatMap((record) =>
    record.revoked === undefined ? [] : [goneWithin(record, record.revoked.completedAt, until)],
  );
  const expired = attached
    .filter((record) => record.lapse?.outcome.type === "ok" && record.revoked === undefined)
    .map((record) => goneWithin(record, owedUntil(record), until));
  return { ...spread("gone after revocation", revoked), ...spread("gone after deadline", expired) };
}

interface Gone {
  readonly leastMs: number;
  readonly mostMs: number;
}

function goneWithin({ reads }: LeaseRecord, since: number, until: number): Gone | undefined {
  const gone = reads
    .filter((read) => isAbsent(read) && read.completedAt > since)
    .reduce((first, { completedAt }) => Math.min(first, completedAt), Number.POSITIVE_INFINITY);
  if (gone > until || gone === Number.POSITIVE_INFINITY) return undefined;
  const shown = reads
    .filter((read) => read.outcome.type === "ok" && !isAbsent(read) && read.invokedAt < gone)
    .reduce((last, { invokedAt }) => Math.max(last, invokedAt), since);
  return { leastMs: (shown - since) / 1e6, mostMs: (gone - since) / 1e6 };
}

function spread(name: string, ends: readonly (Gone | undefined)[]): Record<string, number> {
  const gone = ends.filter((end) => end !== undefined);
  const most = gone.map(({ mostMs }) => mostMs).toSorted((a, b) => a - b);
  const least = gone.map(({ leastMs }) => leastMs).toSorted((a, b) => a - b);
  const at = (sorted: readonly number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const figure = (words: string, value: number | undefined) =>
    value === undefined ? {} : { [`${name}, ${words}`]: value };
  return {
    ...figure("seen", gone.length),
    ...figure("not seen", ends.length - gone.length),
    ...figure("at least, p50 ms", at(least, 0.5)),
    ...figure("at most, p50 ms", at(most, 0.5)),
    ...figure("at least, p99 ms", at(least, 0.99)),
    ...figure("at most, p99 ms", at(most, 0.99)),
  };
}

function anomalyOf(finding: Finding): Anomaly {
  const { kind, record, read } = finding;
  const operations = [record.grant, record.attach, record.lapse, record.revoked, read].filter(
    (operation) => operation !== undefined,
  );
  return {
    kind: `lease-${kind}`,
    summary: sentenceOf(finding),
    key: record.key,
    evidence: {
      kind: "order",
      operations: operations.toSorted((a, b) => a.callIndex - b.callIndex),
      culprit: operations.toSorted((a, b) => a.callIndex - b.callIndex).indexOf(read),
    },
  };
}

function sentenceOf({ kind, record: { key, lastSign, ttl }, read, bound }: Finding): string {
  const where = read.node ?? `process ${read.process}`;
  switch (kind) {
    case "never-attached":
      return `${where} returned the record ${key} at ${atTime(read.completedAt)}, which nobody had attached`;
    case "ended-early":
      return `${where} returned no record ${key} at ${atTime(read.completedAt)}, ${duration(bound - read.completedAt)} before its lease could end: the last acknowledged keep-alive left at ${atTime(lastSign)}, and the lease lasts ${duration(ttl ?? 0)}`;
    case "outlived-revocation":
      return `${where} still returned the record ${key} to a read at ${atTime(read.invokedAt)}, ${duration(read.invokedAt - bound)} after its lease's revocation had been acknowledged`;
    case "came-back":
      return `${where} returned the record ${key} to a read at ${atTime(read.invokedAt)}, ${duration(read.invokedAt - bound)} after another read had found it gone`;
  }
}
