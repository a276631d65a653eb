/** The watches of a history: what each follows, from where, what it received, and when and how it ended. */
import {
  type ClientEvent,
  type History,
  isHarnessEvent,
  isNotice,
  type NoticeEvent,
} from "../../core/history.ts";
import type { NodeId, Revision } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { type KindPromise, kindOf, type PromiseOf } from "./promises.ts";

/** What a watch follows: one key, or every key that begins with a prefix. */
export type Target = { readonly key: string } | { readonly prefix: string };

export const follows = (target: Target, key: string): boolean =>
  "key" in target ? key === target.key : key.startsWith(target.prefix);

/** The event after which a watch receives nothing more. */
export interface End {
  readonly index: number;
  readonly time: Nanos;
  readonly how: "canceled" | "ended" | "closed" | "process";
}

export interface Watched {
  /** Counts the watches of the history from 1, in order of invocation: `w3`. */
  readonly number: number;
  readonly process: number;
  readonly node: NodeId | undefined;
  /** The system's name for this kind of watch. */
  readonly kind: string;
  readonly promise: KindPromise;
  readonly target: Target;
  /** The first revision that was requested; undefined: from now on. */
  readonly from: Revision | undefined;
  readonly invoked: { readonly index: number; readonly time: Nanos };
  /** The answer that confirmed it; undefined: it was refused, or nobody knows. */
  confirmed:
    | { readonly index: number; readonly time: Nanos; readonly revision: Revision | undefined }
    | undefined;
  /** In the order in which they were received, up to the end of the watch. */
  readonly notices: NoticeEvent[];
  end: End | undefined;
  /** The time of the last event of its process. */
  lastSign: Nanos;
  /** When the watcher itself did not read; `to` is Infinity if it never read again. */
  readonly pauses: { readonly from: Nanos; to: Nanos }[];
}

/** The watches of a history, in order of invocation. */
export function watchesOf(history: History, promiseOf: PromiseOf): Watched[] {
  const byIndex = new Map<number, Watched>();
  const ofProcess = new Map<number, Watched[]>();
  const asked = new Map<number, Watched>();
  const signs = new Map<number, Nanos>();
  for (const event of history) {
    if (isHarnessEvent(event)) continue;
    signs.set(event.process, event.time);
    if (isNotice(event)) {
      const watch = byIndex.get(event.of);
      if (watch !== undefined) receive(watch, event);
    } else if (event.type === "invoke") {
      if (event.f !== "watch") continue;
      const watch = opened(event, byIndex.size + 1, promiseOf);
      if (watch === undefined) continue;
      byIndex.set(event.index, watch);
      asked.set(event.process, watch);
      const own = ofProcess.get(event.process);
      if (own === undefined) ofProcess.set(event.process, [watch]);
      else own.push(watch);
    } else {
      if (event.f === "watch") confirm(asked.get(event.process), event);
      if (endsProcess(event)) {
        for (const watch of ofProcess.get(event.process) ?? []) watch.end ??= endAt(event, "process");
        ofProcess.delete(event.process);
      }
    }
  }
  for (const watch of byIndex.values()) watch.lastSign = signs.get(watch.process) ?? watch.lastSign;
  return [...byIndex.values()];
}

function opened(event: ClientEvent, number: number, promiseOf: PromiseOf): Watched | undefined {
  const argument = argumentOf(event);
  const { prefix, from } = argument;
  const kind = kindOf(event);
  const target = typeof prefix === "string" ? { prefix } : { key: event.key ?? "" };
  return {
    number,
    process: event.process,
    node: event.node,
    kind,
    promise: promiseOf(kind),
    target,
    from: typeof from === "number" ? from : undefined,
    invoked: event,
    confirmed: undefined,
    notices: [],
    end: undefined,
    lastSign: event.time,
    pauses: [],
  };
}

/** A watch's argument; one that another writer left out is empty. */
function argumentOf({ value }: ClientEvent): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function receive(watch: Watched, notice: NoticeEvent): void {
  if (watch.end !== undefined) return;
  watch.notices.push(notice);
  switch (notice.f) {
    case "paused":
      watch.pauses.push({ from: notice.time, to: Number.POSITIVE_INFINITY as Nanos });
      return;
    case "resumed": {
      const last = watch.pauses.at(-1);
      if (last !== undefined) last.to = notice.time;
      return;
    }
    case "canceled":
    case "ended":
    case "closed":
      watch.end = endAt(notice, notice.f);
  }
}

function confirm(watch: Watched | undefined, { type, index, time, revision }: ClientEvent): void {
  if (watch === undefined || watch.confirmed !== undefined) return;
  if (type === "ok") watch.confirmed = { index, time, revision };
  // A watch that was refused says so: it owes nothing.
  else watch.end ??= { index, time, how: "canceled" };
}

/** Whether the process, or its connection, ends with this outcome, and with it everything that it had subscribed to. */
const endsProcess = ({ type, error }: ClientEvent): boolean =>
  type === "info" || (type === "fail" && (error === "not-connected" || error === "session-expired"));

const endAt = ({ index, time }: { index: number; time: Nanos }, how: End["how"]): End => ({
  index,
  time,
  how,
});
