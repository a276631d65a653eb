import type { ClientEvent, History } from "../../core/history.ts";
import type { Call, Json } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { eventTime } from "../untimed.ts";
import { malformed } from "./malformed.ts";

/** What became of a foreign operation. `error` is `mismatch` where the failure is an observation. */
export type Ending =
  | { readonly type: "ok"; readonly value?: Json }
  | { readonly type: "fail" | "info"; readonly error: string };

interface OpenCall {
  readonly process: number;
  readonly call: Call;
  /** Position of the invocation among the events. */
  readonly at: number;
}

/** Gathers the events of a foreign history, in which a process waits for its answer before it invokes again. */
export class HistoryBuilder {
  readonly #file: string;
  readonly #events: ClientEvent[] = [];
  readonly #open = new Map<string, OpenCall>();
  readonly #named = new Map<string, number>();
  #spare = 1_000_000_000;

  constructor(file: string) {
    this.#file = file;
  }

  /** `time` in nanoseconds. A process that is not named by a number gets one. */
  invoke(process: string, call: Call, line: number, time?: number): void {
    const open = this.#open.get(process);
    if (open !== undefined) {
      const expected = `an answer to the ${open.call.f} of process ${process} before it invokes again`;
      throw malformed(this.#file, line, expected, call.f);
    }
    const own = this.#named.get(process) ?? this.#numberOf(process);
    this.#named.set(process, own);
    this.#open.set(process, { process: own, call, at: this.#events.length });
    this.#push({ type: "invoke", process: own, ...call }, time);
  }

  /** Whether the process waits for an answer. */
  isPending(process: string): boolean {
    return this.#open.has(process);
  }

  /** The call that the process waits for; a UsageError where there is none. */
  pending(process: string, line: number): Call {
    return this.#pending(process, line).call;
  }

  /** The answer to what the process waits for. `call` replaces what was invoked, where the answer tells more of it. */
  complete(process: string, ending: Ending, line: number, time?: number, call?: Call): void {
    const open = this.#pending(process, line);
    this.#open.delete(process);
    const invoked = this.#events[open.at];
    if (call !== undefined && invoked !== undefined) this.#events[open.at] = { ...invoked, ...call };
    const { f, key, value } = call ?? open.call;
    const about = { process: open.process, f, ...(key !== undefined && { key }) };
    if (ending.type === "ok") {
      this.#push({ type: "ok", ...about, ...(ending.value !== undefined && { value: ending.value }) }, time);
    } else {
      this.#push(
        { type: ending.type, ...about, ...(value !== undefined && { value }), error: ending.error },
        time,
      );
    }
  }

  history(): History {
    return this.#events;
  }

  #pending(process: string, line: number): OpenCall {
    const open = this.#open.get(process);
    if (open === undefined)
      throw malformed(this.#file, line, `an invocation of process ${process} before its answer`);
    return open;
  }

  #numberOf(process: string): number {
    const number = Number(process);
    return Number.isSafeInteger(number) ? number : this.#spare++;
  }

  #push(event: Omit<ClientEvent, "index" | "time">, time: number | undefined): void {
    const index = this.#events.length;
    this.#events.push({ index, time: time === undefined ? eventTime(index) : nanos(time), ...event });
  }
}
