import type { Anomaly } from "../../core/verdict.ts";

/** Tags by kind of anomaly. */
const tags = new Map([
  ["stale-read", "stale"],
  ["stale-list", "stale"],
  ["lost-element", "lacks an element"],
  ["reappearing-element", "shows an element again"],
  ["unexpected-element", "shows an unexpected element"],
  ["convergence", "disagrees at rest"],
  ["not-asked-again", "disagrees, and was not read again"],
  ["missed-event", "never received"],
  ["event-not-delivered", "not received in time"],
  ["state-not-delivered", "not reported in time"],
  ["compaction-not-reported", "never received"],
  ["compacted-read-answered", "compacted, but answered"],
  ["wrong-past-value", "not what was there"],
  ["future-revision-answered", "before it happened"],
  ["kept-history-refused", "refused without cause"],
  ["existing-revision-refused", "refused without cause"],
  ["late-event", "late"],
  ["duplicate-event", "received again"],
  ["event-out-of-order", "out of order"],
  ["event-before-start", "before the start"],
  ["event-after-progress", "after its progress"],
  ["progress-went-back", "goes back"],
  ["split-revision", "in another delivery"],
  ["event-outside-filter", "not followed"],
  ["unexpected-event", "never happened"],
  ["unexpected-state", "never written"],
  ["wrong-value", "wrong value"],
  ["wrong-change", "wrong kind of change"],
  ["wrong-previous-value", "wrong previous value"],
  ["canceled-without-cause", "canceled without cause"],
  ["state-went-back", "older than before"],
  ["second-event", "second event"],
  ["data-before-event", "without an event"],
  ["wrong-one-shot-event", "wrong event"],
]);

/** Says in a few words what is wrong with the marked operation. */
export const tagOf = ({ kind }: Anomaly): string => tags.get(kind) ?? `breaks ${kind.replaceAll("-", " ")}`;
