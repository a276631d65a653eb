/**
 * Judges a watch that follows which keys of a prefix exist: at most one event for each registration, before the new names,
 * and one in the end if keys came or went. Each `state` is a registration: a read that sets the watch again.
 */
import type { NoticeEvent } from "../../../core/history.ts";
import { same } from "../../canonical.ts";
import type { Finding, FindingKind } from "../findings/findings.ts";
import { type Change, kindOf } from "../truth/truth.ts";
import type { Watched } from "../watched.ts";
import { deadlineOf, type Judging, newTally, observedUntil, type Tally } from "./judging.ts";

export function judgeKeySet(watch: Watched, judging: Judging): Tally {
  const tally = newTally(watch);
  const add = (kind: FindingKind, more: Omit<Finding, "kind" | "watch">) =>
    judging.findings.add({ kind, watch, ...more });
  let registered: NoticeEvent | undefined;
  let event: NoticeEvent | undefined;
  for (const notice of watch.notices) {
    if (notice.f === "state") {
      tally.received++;
      if (registered !== undefined && event === undefined && !same(registered.value, notice.value))
        add("data-before-event", { notice, before: registered });
      [registered, event] = [notice, undefined];
    } else if (notice.f === "changed") {
      tally.received++;
      if (event !== undefined) add("second-event", { notice, before: event });
      event = notice;
    }
  }
  const until = observedUntil(watch, judging);
  const change = registered && event === undefined ? firstSince(registered, watch, judging) : undefined;
  if (change === undefined) return tally;
  const deadline = deadlineOf(watch, change.known.time, judging);
  if (deadline > until) return tally;
  tally.due++;
  tally.missed++;
  add("event-not-delivered", { change, deadline, ...(registered && { before: registered }) });
  return tally;
}

/** The first key that certainly came or went after a registration, and whose names do not show it. */
function firstSince(
  { value, revision }: NoticeEvent,
  { target }: Watched,
  judging: Judging,
): Change | undefined {
  if (revision === undefined || !Array.isArray(value)) return undefined;
  const names = new Set(value);
  return judging.expected
    .of(target)
    .changes.find(
      (change) =>
        change.revision > revision &&
        change.isCertain &&
        change.doubts.length === 0 &&
        (kindOf(change) === "create"
          ? !names.has(change.key)
          : kindOf(change) === "delete" && names.has(change.key)),
    );
}
