import type { HarnessNews } from "../../core/harness-event.ts";
import type { ClientEvent, NoticeEvent } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";

/** An event of a history as somebody wrote it down, before it is known what the whole history means by it. */
export interface ForeignEvent {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** A client's number or name. */
  readonly process: number | string;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Json;
  /** Whether it says anything of its value, if only that it is null. */
  readonly hasValue: boolean;
  readonly key?: Json;
  /** As it was written: a string where a number would not be exact. Absent: the history has no times. */
  readonly time?: number | string;
  readonly error: Json;
  /** Whether the writer took a failed comparison for an observation: `INFO jepsen.util` of 2014. */
  readonly observes?: boolean;
  /** Members that are taken as they are. */
  readonly about?: Partial<ClientEvent>;
  /** A fault, a leader, a phase or a digest that our own harness wrote down. */
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
