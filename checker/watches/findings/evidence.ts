/** What shows a finding: the true changes around it, and what the watch received. */
import type { DeliveriesEvidence, EvidentChange, EvidentNotice } from "../../../core/evidence.ts";
import type { NoticeEvent } from "../../../core/history.ts";
import type { Operation } from "../../../core/op.ts";
import type { Expected } from "../truth/expected.ts";
import { type Change, kindOf } from "../truth/truth.ts";
import type { KeyVersions, Version } from "../truth/versions.ts";
import { follows } from "../watched.ts";
import type { Finding } from "./findings.ts";
import { followed, nameOf } from "./words.ts";

/** How many changes and notices are shown before and after what is wrong. */
const around = 4;

export function evidenceOf(
  finding: Finding,
  expected: Expected,
  versions: ReadonlyMap<string, KeyVersions>,
): DeliveriesEvidence {
  const { watch } = finding;
  const { process, node, target, from, invoked, promise } = watch;
  const near = promise.contract === "every-event" ? changesAround(finding, expected.of(target).changes) : [];
  const operations = writersOf(near);
  const culprit = finding.change?.operation === undefined ? -1 : operations.indexOf(finding.change.operation);
  return {
    kind: "deliveries",
    operations,
    ...(culprit >= 0 && { culprit }),
    watch: {
      name: nameOf(watch),
      process,
      ...(node !== undefined && { node }),
      follows: followed(target),
      ...(from !== undefined && { from }),
      openedAt: invoked.time,
    },
    changes:
      promise.contract === "every-event"
        ? near.map((change) => evident(change, finding))
        : versionsAround(finding, versions),
    received: noticesAround(finding),
  };
}

const isMissing = ({ kind }: Finding): boolean =>
  kind === "missed-event" ||
  kind === "event-not-delivered" ||
  kind === "compaction-not-reported" ||
  kind === "state-not-delivered";

function changesAround(finding: Finding, changes: readonly Change[]): readonly Change[] {
  const revision = finding.change?.revision ?? finding.notice?.revision ?? finding.revision ?? 0;
  const exact = finding.change === undefined ? -1 : changes.indexOf(finding.change);
  const next = changes.findIndex((change) => change.revision >= revision);
  const at = exact >= 0 ? exact : next >= 0 ? next : changes.length;
  return changes.slice(Math.max(0, at - around), at + around + 1);
}

const evident = (change: Change, finding: Finding): EvidentChange => ({
  f: kindOf(change),
  key: change.key,
  ...(change.value !== null && { value: change.value }),
  revision: change.revision,
  at: change.known.time,
  ...(change === finding.change && isMissing(finding) && { isMissed: true }),
});

/** In order of invocation; an operation may have made several of the changes. */
function writersOf(changes: readonly Change[]): Operation[] {
  const operations = changes.flatMap(({ operation }) => (operation === undefined ? [] : [operation]));
  return [...new Set(operations)].sort((a, b) => a.callIndex - b.callIndex);
}

function versionsAround(finding: Finding, versions: ReadonlyMap<string, KeyVersions>): EvidentChange[] {
  const { watch, version, notice } = finding;
  const known = [...versions]
    .filter(([key]) => (version === undefined ? follows(watch.target, key) : key === version.key))
    .flatMap(([, own]) => own.all)
    .filter(({ knownTime, calledAt }) => Number.isFinite(knownTime) && calledAt >= 0)
    .sort((a, b) => a.knownTime - b.knownTime);
  const time = version?.knownTime ?? notice?.time ?? 0;
  const next = known.findIndex((one) => one.knownTime >= time);
  const at = next < 0 ? known.length : next;
  return known.slice(Math.max(0, at - around), at + around + 1).map((one: Version) => ({
    f: one.value === null ? "delete" : "put",
    key: one.key,
    ...(one.value !== null && { value: one.value }),
    ...(one.revision !== undefined && { revision: one.revision }),
    at: one.knownTime,
    ...(one === version && isMissing(finding) && { isMissed: true }),
  }));
}

function noticesAround(finding: Finding): EvidentNotice[] {
  const { notices } = finding.watch;
  const at = positionOf(finding, notices);
  return notices.slice(Math.max(0, at - around), at + around + 1).map((notice) => ({
    f: notice.f,
    ...(notice.key !== undefined && { key: notice.key }),
    ...(notice.value !== undefined && { value: notice.value }),
    ...(notice.previous !== undefined && { previous: notice.previous }),
    ...(notice.revision !== undefined && { revision: notice.revision }),
    at: notice.time,
    ...(notice.more === true && { more: true }),
    ...(notice === finding.notice && { isWrong: true }),
  }));
}

/** The position of the notice that is wrong, or of the first after the one that is missing. */
function positionOf({ notice, change, version, watch }: Finding, notices: readonly NoticeEvent[]): number {
  if (notice !== undefined) return notices.indexOf(notice);
  const revision = change?.revision ?? Number.POSITIVE_INFINITY;
  const time = version?.knownTime ?? Number.POSITIVE_INFINITY;
  const isAfter = (one: NoticeEvent) =>
    watch.promise.contract === "every-event" ? (one.revision ?? -1) > revision : one.time > time;
  const next = notices.findIndex(isAfter);
  return next < 0 ? notices.length : next;
}
