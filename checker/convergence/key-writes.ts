/** The operations of each register of a history, without an object for each: for runs of millions that ended well. */
import { type ClientEvent, type History, operationAt, pairs } from "../../core/history.ts";
import type { Json, Operation } from "../../core/op.ts";
import { valueKey, valueRead, written } from "../reads/versions.ts";

interface Own {
  /** Positions of invocations and of their outcomes (-1: none), in all read modes. */
  readonly calls: number[];
  readonly outcomes: number[];
}

export class KeyWrites {
  readonly #history: History;
  readonly #byKey = new Map<string, Own>();

  constructor(history: History) {
    this.#history = history;
    const [run, other] = [pairs(history), pairs(history, "other")];
    for (let i = 0, j = 0; i < run.calls.length || j < other.calls.length; ) {
      const isRun = (run.calls[i] ?? Number.POSITIVE_INFINITY) < (other.calls[j] ?? Number.POSITIVE_INFINITY);
      const from = isRun ? run : other;
      const at = isRun ? i++ : j++;
      this.#add(from.calls[at] as number, from.outcomes[at] as number);
    }
  }

  #add(call: number, outcome: number): void {
    const { key = "" } = this.#history[call] as ClientEvent;
    let own = this.#byKey.get(key);
    if (own === undefined) {
      own = { calls: [], outcomes: [] };
      this.#byKey.set(key, own);
    }
    own.calls.push(call);
    own.outcomes.push(outcome);
  }

  /** In the order in which they were first asked for. */
  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** The key's operations, in order of invocation. */
  operations(key: string): Operation[] {
    const { calls, outcomes } = this.#of(key);
    return calls.map((call, i) => operationAt(this.#history, call, outcomes[i] as number));
  }

  /** Whether an operation wrote the key, or may have written it. */
  areIn(key: string): boolean {
    const { calls, outcomes } = this.#of(key);
    return calls.some((call, i) => this.#written(call, outcomes[i] as number) !== undefined);
  }

  /**
   * Whether all the reads returned one value, that of a write which certainly came last: acknowledged before any of them
   * began, the only one of its value, above all other writes in the system's order, and none of those was requested once it
   * was in place, or is a CAS that found its value. False proves nothing.
   */
  isNewest(key: string, reads: readonly Operation[]): boolean {
    const [first, ...others] = reads;
    if (first === undefined) return false;
    const value = valueKey(valueRead(first));
    if (value === null || others.some((read) => valueKey(valueRead(read)) !== value)) return false;
    const own = this.#of(key);
    const last = this.#onlyWrite(own, value);
    if (last === undefined || reads.some(({ callIndex }) => callIndex < last.answer)) return false;
    const effectBy = Math.min(last.answer, this.#firstSeen(own, value));
    return own.calls.every(
      (call, i) => call === last.call || !this.#mayFollow(call, own.outcomes[i] as number, last, effectBy),
    );
  }

  /** The one operation that wrote the value, acknowledged with a revision; undefined where there is no such one. */
  #onlyWrite({ calls, outcomes }: Own, value: Json): Last | undefined {
    let only: Last | undefined;
    for (const [i, call] of calls.entries()) {
      const answer = outcomes[i] as number;
      const put = this.#written(call, answer);
      if (put === undefined || valueKey(put) !== value) continue;
      const end = this.#history[answer] as ClientEvent | undefined;
      if (only !== undefined || end?.type !== "ok" || end.revision === undefined) return undefined;
      if (this.#replaces(call, value)) return undefined;
      only = { call, answer, value, revision: end.revision };
    }
    return only;
  }

  /** The position of the first answer that shows the value; Infinity where there is none. */
  #firstSeen({ calls, outcomes }: Own, value: Json): number {
    let first = Number.POSITIVE_INFINITY;
    for (const [i, call] of calls.entries()) {
      const answer = outcomes[i] as number;
      if (answer < 0 || answer > first || (this.#history[call] as ClientEvent).f !== "read") continue;
      const end = this.#history[answer] as ClientEvent;
      if (end.type === "ok" && valueKey(end.value ?? null) === value) first = answer;
    }
    return first;
  }

  /** Whether an operation may have written something after the last write, whose value was in place at `effectBy`. */
  #mayFollow(call: number, answer: number, { value, revision }: Last, effectBy: number): boolean {
    if (this.#written(call, answer) === undefined) return false;
    const end = this.#history[answer] as ClientEvent | undefined;
    const isBelow = end?.type === "ok" && end.revision !== undefined && end.revision < revision;
    return !isBelow || call > effectBy || this.#replaces(call, value);
  }

  #replaces(call: number, value: Json): boolean {
    const { f, value: argument } = this.#history[call] as ClientEvent;
    return f === "cas" && valueKey((argument as readonly Json[])[0] ?? null) === value;
  }

  /** The value that the operation wrote or may have written: see `written`. */
  #written(call: number, outcome: number): Json | undefined {
    const asked = this.#history[call] as ClientEvent;
    if (asked.f === "read") return undefined;
    const end = this.#history[outcome] as ClientEvent | undefined;
    if (end?.type === "fail") return undefined;
    if (asked.f === "write") return asked.value ?? null;
    if (asked.f === "cas") return (asked.value as readonly Json[])[1] ?? null;
    return written(operationAt(this.#history, call, outcome));
  }

  #of(key: string): Own {
    return this.#byKey.get(key) ?? nothing;
  }
}

const nothing: Own = { calls: [], outcomes: [] };

/** The write that came last. */
interface Last {
  readonly call: number;
  readonly answer: number;
  readonly value: Json;
  readonly revision: number;
}
