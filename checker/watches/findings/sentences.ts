/** One sentence for each finding: which watch, what it received or lacks, and what that contradicts. */
import type { NoticeEvent } from "../../../core/history.ts";
import { type Nanos, nanos } from "../../../core/time.ts";
import { atTime, duration, listed, showValue } from "../../../core/wording.ts";
import { type Change, kindOf } from "../truth/truth.ts";
import type { Watched } from "../watched.ts";
import type { Finding } from "./findings.ts";
import { apart, byWhom, changeWords, noticeWords, place, versionWords, watchWords } from "./words.ts";

export function sentenceOf(finding: Finding, all: readonly Watched[]): string {
  return `${watchWords(finding.watch)} ${predicate(finding, all)}`;
}

function predicate(finding: Finding, all: readonly Watched[]): string {
  const { change, deadline, revision = 0 } = finding;
  switch (finding.kind) {
    case "missed-event":
      return `never received ${theChange(finding)}${heard(finding, all)}, but received what came after it`;
    case "event-not-delivered":
      return `had not received ${theChange(finding)} by ${atTime(deadline ?? nanos(0))}, when it was due${heard(finding, all)}`;
    case "late-event": {
      const what = change === undefined ? theVersion(finding) : theChange(finding);
      return `received ${what} only at ${timeOf(finding)}, ${late(finding)} after it was due`;
    }
    case "compaction-not-reported":
      return `received neither ${theChange(finding)} nor an end, although history before revision ${place(revision)} had been compacted before it was opened`;
    case "event-out-of-order":
      return `received ${theChange(finding)} at ${timeOf(finding)}, after revision ${place(revision)}`;
    case "event-after-progress":
      return `received ${theChange(finding)} at ${timeOf(finding)}, after it had reported progress up to revision ${place(revision)}`;
    case "duplicate-event":
      return `received ${theChange(finding)} once more at ${timeOf(finding)}`;
    case "split-revision":
      return `received ${theChange(finding)} at ${timeOf(finding)} in another delivery than the other changes of that revision`;
    default:
      return received(finding);
  }
}

/** Findings about the contents of one notice. */
function received(finding: Finding): string {
  const { notice, change, revision = 0 } = finding;
  const what = notice === undefined ? "" : `${noticeWords(notice)} at ${timeOf(finding)}`;
  switch (finding.kind) {
    case "event-outside-filter":
      return `received ${what}, which it does not follow`;
    case "event-before-start":
      return `received ${what}, below revision ${place(revision)}, at which it starts`;
    case "progress-went-back":
      return `reported progress up to revision ${place(notice?.revision ?? 0)} at ${timeOf(finding)}, after revision ${place(revision)}`;
    case "unexpected-event":
      return change?.operation !== undefined
        ? `received ${what}, ${duration(change.operation.invokedAt - (notice?.time ?? 0))} before process ${change.operation.process} requested it`
        : `received ${what}, a change that no operation made`;
    case "wrong-value":
      return `received ${what}; it was ${theChange(finding)}`;
    case "wrong-change":
      return `received ${what}; it was ${theChange(finding)}, and the key ${change?.previous === null ? "did not exist" : `held ${showValue(change?.previous)}`} before`;
    case "wrong-previous-value":
      return `received ${showValue(notice?.previous)} as the value before ${theChange(finding)}; the key ${change?.previous === null ? "did not exist" : `held ${showValue(change?.previous)}`} then`;
    case "canceled-without-cause":
      return `was canceled at ${timeOf(finding)} because history before revision ${place(notice?.revision ?? 0)} was compacted, although it had only changes from revision ${place(revision)} on to report`;
    default:
      return ofState(finding, what);
  }
}

function ofState(finding: Finding, what: string): string {
  const { before, version, operation } = finding;
  const earlier = before === undefined ? "" : `${noticeWords(before)} at ${atTime(before.time)}`;
  switch (finding.kind) {
    case "state-went-back":
      return `reported ${what}, after ${earlier}, which is newer`;
    case "unexpected-state":
      return `reported ${what}, which nothing had written${finding.key === undefined ? "" : ` to ${finding.key}`}`;
    case "state-not-delivered":
      return `had not reported ${theVersion(finding)} or anything newer by ${atTime(finding.deadline ?? nanos(0))}, when it was due; ${before === undefined ? "it reported nothing" : `it last reported ${earlier}`}`;
    case "second-event":
      return `received ${what} after ${earlier}, without a registration in between`;
    case "data-before-event":
      return operation === undefined
        ? `found ${what} after ${earlier}, but received no event in between`
        : `had received no event since ${earlier}, when process ${operation.process} read a newer value (revision ${place(operation.outcome.type === "ok" ? (operation.outcome.output.modRevision ?? 0) : 0)}) at ${atTime(operation.completedAt)}`;
    default:
      return `received ${what} after ${earlier}, where ${version === undefined ? expectedChange(finding.change) : versionWords(version)} came first`;
  }
}

const expectedChange = (change: Change | undefined): string =>
  change === undefined ? "another change" : changeWords(change);

const theChange = ({ change }: Finding): string =>
  change === undefined ? "a change" : `${changeWords(change)} ${byWhom(change)}`;

const theVersion = ({ version }: Finding): string =>
  version === undefined ? "a change" : versionWords(version);

const timeOf = ({ notice }: Finding): string => atTime(notice?.time ?? nanos(0));

const late = ({ notice, deadline }: Finding): string => duration((notice?.time ?? 0) - (deadline ?? 0));

/** Where other watches received the change, and how soon: `, which watches on n1 and n3 received 3 ms after its acknowledgement` */
function heard({ watch, change }: Finding, all: readonly Watched[]): string {
  if (change === undefined) return "";
  const first = new Map<string, Nanos>();
  for (const other of all) {
    if (other === watch) continue;
    const notice = other.notices.find((one) => reports(one, change));
    if (notice === undefined) continue;
    const known = first.get(notice.node);
    if (known === undefined || notice.time < known) first.set(notice.node, notice.time);
  }
  if (first.size === 0) return "";
  const soonest = nanos(Math.min(...first.values()));
  const when = `${apart(soonest, change.known.time)} that`;
  return `, which ${first.size === 1 ? "a watch" : "watches"} on ${listed([...first.keys()].sort())} received ${when}`;
}

const reports = ({ f, key, revision }: NoticeEvent, change: Change): boolean =>
  revision === change.revision &&
  key === change.key &&
  (f === kindOf(change) || f === "put" || f === "create");
