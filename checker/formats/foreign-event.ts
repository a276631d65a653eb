import type { HarnessNews } from "../../core/harness-event.ts";
import type { ClientEvent, NoticeEvent } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";

/** An event of a foreign history as written, before the meaning of the whole history is known. */
export interface ForeignEvent {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** A client's number or name. */
  readonly process: number | string;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Json;
  /** Whether it has a value at all, even if that is null. */
  readonly hasValue: boolean;
  readonly key?: Json;
  /** As it was written: a string where a number would not be exact. Absent: the history has no times. */
  readonly time?: number | string;
  readonly error: Json;
  /** Whether the writer treats a failed comparison as an observation: `INFO jepsen.util` of 2014. */
  readonly observes?: boolean;
  /** Members that are taken as they are. */
  readonly about?: Partial<ClientEvent>;
  /** A fault, a leader, a phase or a digest that our own harness recorded. */
  readonly harness?: HarnessNews;
  /** What a client received, in a history of ours: `of` is an `index` as it was written. */
  readonly notice?: Omit<NoticeEvent, "index" | "time" | "type">;
  /** As it was written. */
  readonly index?: number;
}

export const eventTypes = ["invoke", "ok", "fail", "info"] as const;

/** A time as it may be written: a decimal number of sensible length. */
export const isTime = (value: Json | undefined): value is number | string =>
  (typeof value === "number" && Number.isFinite(value)) ||
  (typeof value === "string" && /^-?\d{1,40}(\.\d{1,40})?$/.test(value));
