import { defined, type EventRows, rowTypes } from "../../core/codec/rows/event-rows.ts";
import type { HarnessNews } from "../../core/harness-event.ts";
import type { ClientEvent, History, HistoryEvent, NoticeEvent } from "../../core/history.ts";
import type { Call, Json, NodeId } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { malformed } from "./malformed.ts";
import { ProcessNumbers } from "./process-numbers.ts";
import { answeredValue, askedValue } from "./register-rows.ts";
import { Times } from "./times.ts";

/** The outcome of a foreign operation. `error` is `mismatch` where the failure is an observation. */
export type Ending =
  | { readonly type: "ok"; readonly value?: Json; readonly revision?: number; readonly modRevision?: number }
  | { readonly type: "fail" | "info"; readonly error: string };

/** Who did something, and when. */
export interface Moment {
  readonly process: number | string;
  readonly line: number;
  /** As it was written. Absent: the history has no times. */
  readonly time?: number | string;
  /** Its `index` as it was written, in a history of ours. */
  readonly index?: number;
  /** Members of the event that are taken as they are. */
  readonly about?: Partial<ClientEvent>;
}

/** What an answer says besides its value. */
interface Answered {
  readonly revision?: number;
  readonly modRevision?: number;
  readonly error?: string;
}

const unanswered: Answered = {};
const nothing: Partial<ClientEvent> = {};

interface OpenCall {
  readonly process: number;
  readonly call: Call;
  /** Position of the invocation among the events. */
  readonly at: number;
}

/** Collects the events of a foreign history, in which a process waits for its answer before it invokes again. */
export class HistoryBuilder {
  readonly #file: string;
  readonly #events: HistoryEvent[] = [];
  readonly #times = new Times();
  readonly #open = new Map<number | string, OpenCall>();
  readonly #processes = new ProcessNumbers();
  /** Positions of invocations by their written index, where that is another. */
  readonly #moved = new Map<number, number>();

  constructor(file: string) {
    this.#file = file;
  }

  invoke({ process, line, time, index, about }: Moment, call: Call): void {
    const open = this.#open.get(process);
    if (open !== undefined) {
      const expected = `an answer to the ${open.call.f} of process ${process} before it invokes again`;
      throw malformed(this.#file, line, expected, call.f);
    }
    const own = this.#processes.of(process);
    if (index !== undefined && index !== this.#events.length) this.#moved.set(index, this.#events.length);
    this.#open.set(process, { process: own, call, at: this.#events.length });
    this.#client("invoke", own, call, call.value, unanswered, about ?? nothing, time);
  }

  /** A plain invocation: see register-rows.ts. False, and nothing is added, where the process waits for an answer. */
  invokeRow(rows: EventRows, row: number, key: string): boolean {
    const process = rows.process[row] as number;
    if (this.#open.has(process)) return false;
    const index = rows.index[row] as number;
    const at = this.#events.length;
    if (index >= 0 && index !== at) this.#moved.set(index, at);
    const own = this.#processes.of(process);
    const call = this.#row(rows, row, own, key, askedValue(rows, row));
    this.#open.set(process, { process: own, call, at });
    return true;
  }

  /** A plain answer. False, and nothing is added, where it does not answer what the process waits for. */
  completeRow(rows: EventRows, row: number, key: string): boolean {
    const process = rows.process[row] as number;
    const open = this.#open.get(process);
    if (open === undefined || open.call.key !== key || open.call.f !== rows.string(rows.f[row])) return false;
    const value = answeredValue(rows, row, open.call);
    if (value === undefined) return false;
    this.#open.delete(process);
    this.#row(rows, row, open.process, key, value);
    return true;
  }

  /** Whether the process waits for an answer. */
  isPending(process: number | string): boolean {
    return this.#open.has(process);
  }

  /** The call that the process waits for; a UsageError where there is none. */
  pending({ process, line }: Moment): Call {
    return this.#pending(process, line).call;
  }

  /** Ends the call that the process waits for. `call` replaces the invocation, where the answer says more about it. */
  complete({ process, line, time, about }: Moment, ending: Ending, call?: Call): void {
    const open = this.#pending(process, line);
    this.#open.delete(process);
    const invoked = this.#events[open.at];
    if (call !== undefined && invoked !== undefined)
      this.#events[open.at] = { ...invoked, ...call } as HistoryEvent;
    const asked = call ?? open.call;
    const value = ending.type === "ok" ? ending.value : asked.value;
    this.#client(ending.type, open.process, asked, value, ending, about ?? nothing, time);
  }

  /** An event of the harness that wrote the history. */
  harness(news: HarnessNews, time: number | string | undefined): void {
    this.#push({ type: "info", process: "nemesis", ...news }, time);
  }

  /** What a client received. `of` is the written index of the invocation that subscribed to it. */
  notice({ line, time }: Moment, notice: Omit<NoticeEvent, "index" | "time" | "type">): void {
    const of = this.#moved.get(notice.of) ?? notice.of;
    if (this.#events[of]?.type !== "invoke")
      throw malformed(this.#file, line, 'a notice "of" an invocation before it', String(notice.of));
    this.#push({ ...notice, type: "notice", of }, time);
  }

  history(): History {
    this.#times.settle(this.#events);
    return this.#events;
  }

  #pending(process: number | string, line: number): OpenCall {
    const open = this.#open.get(process);
    if (open === undefined)
      throw malformed(this.#file, line, `an invocation of process ${process} before its answer`);
    return open;
  }

  /** Every member in its place, undefined where the event has none: see `EventRows.clientEvent`. */
  #client(
    type: ClientEvent["type"],
    process: number,
    { f, key }: Call,
    value: Json | undefined,
    { revision, modRevision, error }: Answered,
    about: Partial<ClientEvent>,
    time: number | string | undefined,
  ): void {
    const index = this.#events.length;
    this.#events.push({
      index,
      time: this.#times.next(time, this.#events),
      type,
      process,
      f,
      key,
      value,
      mode: about.mode,
      node: about.node,
      revision: about.revision ?? revision,
      modRevision: about.modRevision ?? modRevision,
      intended: about.intended,
      error,
      message: about.message,
    } as ClientEvent);
  }

  /** The same from a row: without an object for each of its parts. */
  #row(rows: EventRows, row: number, process: number, key: string, value: Json | undefined): ClientEvent {
    const event = {
      index: this.#events.length,
      time: this.#times.next(defined(rows.time[row]), this.#events),
      type: rowTypes[rows.type[row] as number],
      process,
      f: rows.string(rows.f[row]),
      key,
      value,
      mode: rows.string(rows.mode[row]),
      node: rows.string(rows.node[row]) as NodeId | undefined,
      revision: defined(rows.revision[row]),
      modRevision: defined(rows.modRevision[row]),
      intended: defined(rows.intended[row]) as Nanos | undefined,
      error: unanswered.error,
      message: rows.string(rows.message[row]),
    } as ClientEvent;
    this.#events.push(event);
    return event;
  }

  #push(
    event: Omit<NoticeEvent, "index" | "time"> | ({ type: "info"; process: "nemesis" } & HarnessNews),
    time: number | string | undefined,
  ): void {
    const index = this.#events.length;
    this.#events.push({ index, time: this.#times.next(time, this.#events), ...event } as HistoryEvent);
  }
}
