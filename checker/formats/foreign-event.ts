import { defined, type EventRows, rowTypes } from "../../core/codec/rows/event-rows.ts";
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

/** The event of a row, with every member in its place: see `EventRows.clientEvent`. */
export function foreignEvent(rows: EventRows, row: number): ForeignEvent {
  const value = rows.valueOf(row);
  const index = rows.index[row] as number;
  return {
    line: rows.line[row],
    process: rows.process[row],
    type: rowTypes[rows.type[row] as number],
    f: rows.string(rows.f[row]),
    value: value ?? null,
    hasValue: value !== undefined,
    error: rows.string(rows.error[row]) ?? null,
    index: index < 0 ? undefined : index,
    key: rows.string(rows.key[row]),
    time: defined(rows.time[row]),
    about: {
      mode: rows.string(rows.mode[row]),
      node: rows.string(rows.node[row]),
      revision: defined(rows.revision[row]),
      modRevision: defined(rows.modRevision[row]),
      intended: defined(rows.intended[row]),
      message: rows.string(rows.message[row]),
    },
  } as ForeignEvent;
}

export const eventTypes = ["invoke", "ok", "fail", "info"] as const;

/** A time as it may be written: a decimal number of sensible length. */
export const isTime = (value: Json | undefined): value is number | string =>
  (typeof value === "number" && Number.isFinite(value)) ||
  (typeof value === "string" && /^-?\d{1,40}(\.\d{1,40})?$/.test(value));
