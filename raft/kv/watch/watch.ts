import type { Change } from "../history.ts";
import { type KeyInterval, type KeyString, keyInterval } from "../key.ts";
import type { KeyRange, KeyValue } from "../request.ts";

/** Which changes a watcher wants. */
export interface WatchRequest extends KeyRange {
  /** The first revision whose changes are sent, past or future; 0: the one after the current. */
  readonly from: number;
  readonly puts: boolean;
  readonly deletions: boolean;
  /** Whether events carry what the key held before. */
  readonly previous: boolean;
  /** Whether progress is reported now and then while there are no events. */
  readonly progress: boolean;
}

export interface WatchEvent {
  readonly change: Change;
  /** Absent if it was not asked for, the key did not exist, or its value of then is compacted. */
  readonly previous?: KeyValue;
}

/**
 * One message of a stream of watches. `revision` is the store's at that moment. All events of one revision are in one
 * `events`, in order of revision, then of `sub`.
 */
export type WatchOutput =
  | { readonly type: "created"; readonly id: number; readonly revision: number }
  | { readonly type: "refused"; readonly reason: "duplicate-id" | "empty-range"; readonly revision: number }
  | {
      readonly type: "events";
      readonly id: number;
      readonly revision: number;
      readonly events: readonly WatchEvent[];
    }
  /** Every event up to `revision` was sent: of the watcher `id`, or without one, of all watchers of the stream. */
  | { readonly type: "progress"; readonly id?: number; readonly revision: number }
  /** The watcher is gone: its client asked for it, or what it wanted next is before `compactRevision`. */
  | {
      readonly type: "canceled";
      readonly id: number;
      readonly revision: number;
      readonly compactRevision?: number;
    };

/** Planted bugs of watches, by their names in raft/core/mutants.ts. */
export const watchFlaws = [
  "drop-watch-event-on-leader-change",
  "duplicate-watch-event",
  "split-watch-transaction",
  "progress-too-early",
  "watch-revision-zero-is-now",
  "watch-from-future-tells-past",
  "wrong-prev-kv",
  "slow-watcher-loses-events",
  "compacted-watch-is-silent",
] as const;
export type WatchFlaw = (typeof watchFlaws)[number];

/** A watch as its stream keeps it. */
export interface Watcher {
  readonly id: number;
  readonly request: WatchRequest;
  readonly interval: KeyInterval;
  /** The first revision whose changes it gets. */
  readonly from: number;
  /** The next revision to look at in the history, while it lags; else everything was looked at. */
  next: number;
  /** Whether it got events since progress was last due. */
  active: boolean;
  progressDue: boolean;
}

export function watcher(id: number, request: WatchRequest, from: number): Watcher {
  const interval = keyInterval(request);
  return { id, request, interval, from, next: from, active: false, progressDue: false };
}

/** Whether the watcher wants this change of the key `name`, whatever its revision. */
export function wants({ interval, request }: Watcher, change: Change, name: KeyString): boolean {
  if (name < interval.low || name >= interval.high) return false;
  return change.version === 0 ? request.deletions : request.puts;
}

/** Bounds on memory, and on the work done in one go. */
export interface WatchLimits {
  /** Messages, and their bytes, queued for a client that does not read. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Changes of the history visited for one message, and the events and their bytes that it may hold: whole revisions, so a few more. */
  readonly visited: number;
  readonly events: number;
  readonly eventBytes: number;
}

export const defaultLimits: WatchLimits = {
  queued: 1_000,
  queuedBytes: 1024 * 1024,
  visited: 10_000,
  events: 1_000,
  eventBytes: 1024 * 1024,
};
