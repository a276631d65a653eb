/** Judges a watch that reports which keys exist below a prefix: none that nobody wrote, and in the end those that truly exist. */
import type { NoticeEvent } from "../../../core/history.ts";
import { follows, type Watched } from "../watched.ts";
import { deadlineOf, newTally, observedUntil, type Tally } from "./judging.ts";
import type { StateJudging } from "./states.ts";

export function judgeNames(watch: Watched, judging: StateJudging): Tally {
  const tally = newTally(watch);
  let last: NoticeEvent | undefined;
  for (const notice of watch.notices) {
    if (notice.f !== "state") continue;
    tally.received++;
    last = notice;
    for (const key of namesIn(notice)) {
      if (!follows(watch.target, key)) judging.findings.add({ kind: "event-outside-filter", watch, notice });
      else if (!wasWritten(key, notice, judging))
        judging.findings.add({ kind: "unexpected-state", watch, notice, key });
    }
  }
  if (last !== undefined) judgeLast(watch, last, { judging, tally });
  return tally;
}

const namesIn = ({ value }: NoticeEvent): readonly string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];

const wasWritten = (key: string, { index }: NoticeEvent, { versions }: StateJudging): boolean =>
  versions.get(key)?.all.some(({ value, calledAt }) => value !== null && calledAt < index) === true;

/** The last state must show each key as one of the versions that may be the newest has it. */
function judgeLast(
  watch: Watched,
  last: NoticeEvent,
  { judging, tally }: { readonly judging: StateJudging; readonly tally: Tally },
): void {
  const until = observedUntil(watch, judging);
  const names = new Set(namesIn(last));
  for (const [key, { all }] of judging.versions) {
    if (!follows(watch.target, key)) continue;
    const due = all.filter(
      ({ calledAt, knownTime }) =>
        calledAt >= 0 && knownTime <= until && deadlineOf(watch, knownTime, judging) <= until,
    );
    const newest = due.at(-1);
    if (newest === undefined) continue;
    tally.due++;
    const mayBe = all.filter(({ knownAt }) => knownAt >= newest.calledAt);
    if (mayBe.some(({ value }) => (value !== null) === names.has(key))) continue;
    tally.missed++;
    const deadline = deadlineOf(watch, newest.knownTime, judging);
    judging.findings.add({ kind: "state-not-delivered", watch, version: newest, deadline, before: last });
  }
}
