import type { ClientEvent } from "../../history.ts";
import type { Json } from "../../op.ts";

/** `type` of a line that says something other than a client's event, or says it in an unusual way. */
export const odd = 4;
/** Types of the other rows, by their number. */
export const rowTypes = ["invoke", "ok", "fail", "info"] as const;

/** What `value` holds. A pair of numbers, or of nulls, is the argument of a CAS. */
export const valueKind = { none: 0, null: 1, false: 2, true: 3, number: 4, text: 5, pair: 6 } as const;

/**
 * Lines as columns. Absent: -1 for numbers of strings and for whole numbers, NaN for others. Of an odd row only `line` and its
 * text are known.
 */
export class EventRows {
  size = 0;
  readonly capacity: number;
  /** Names and other texts by their numbers; the scanner adds more. */
  readonly strings: readonly string[];
  /** The number of the line in its file, from 1. */
  readonly line: Int32Array;
  readonly type: Uint8Array;
  readonly valueKind: Uint8Array;
  readonly index: Int32Array;
  readonly process: Int32Array;
  readonly f: Int32Array;
  readonly key: Int32Array;
  readonly mode: Int32Array;
  readonly node: Int32Array;
  readonly error: Int32Array;
  readonly message: Int32Array;
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** The second part of a pair. */
  readonly other: Float64Array;
  readonly revision: Float64Array;
  readonly modRevision: Float64Array;
  readonly intended: Float64Array;
  /** Where the line begins and ends in `bytes`. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  #bytes: Uint8Array = new Uint8Array();

  constructor(strings: readonly string[], capacity: number) {
    this.strings = strings;
    this.capacity = capacity;
    const whole = () => new Int32Array(capacity);
    const real = () => new Float64Array(capacity);
    this.line = whole();
    this.type = new Uint8Array(capacity);
    this.valueKind = new Uint8Array(capacity);
    this.index = whole();
    this.process = whole();
    this.f = whole();
    this.key = whole();
    this.mode = whole();
    this.node = whole();
    this.error = whole();
    this.message = whole();
    this.time = real();
    this.value = real();
    this.other = real();
    this.revision = real();
    this.modRevision = real();
    this.intended = real();
    this.#start = whole();
    this.#end = whole();
  }

  /** Forgets all rows; the next ones are of lines in `bytes`. */
  reset(bytes: Uint8Array): void {
    this.size = 0;
    this.#bytes = bytes;
  }

  /** Prepares the row after the last one: an odd one, so far. */
  clear(line: number, start: number, end: number): void {
    const at = this.size;
    this.line[at] = line;
    this.#start[at] = start;
    this.#end[at] = end;
    this.type[at] = odd;
    this.valueKind[at] = valueKind.none;
    this.index[at] = -1;
    this.key[at] = -1;
    this.mode[at] = -1;
    this.node[at] = -1;
    this.error[at] = -1;
    this.message[at] = -1;
    this.time[at] = Number.NaN;
    this.revision[at] = Number.NaN;
    this.modRevision[at] = Number.NaN;
    this.intended[at] = Number.NaN;
  }

  /** The text of the row's line. */
  text(row: number): string {
    return decoder.decode(this.#bytes.subarray(this.#start[row], this.#end[row]));
  }

  /** Undefined where the row has none. */
  valueOf(row: number): Json | undefined {
    const value = this.value[row] as number;
    switch (this.valueKind[row]) {
      case valueKind.null:
        return null;
      case valueKind.false:
        return false;
      case valueKind.true:
        return true;
      case valueKind.number:
        return value;
      case valueKind.text:
        return this.strings[value] as string;
      case valueKind.pair: {
        const other = this.other[row] as number;
        return [Number.isNaN(value) ? null : value, Number.isNaN(other) ? null : other];
      }
      default:
        return undefined;
    }
  }

  /** The string of that number in a column; undefined for -1. */
  string(number: number | undefined): string | undefined {
    return this.strings[number as number];
  }

  /** The event of a row with `index` and `time`. Every member in its place, undefined where the row has none: objects of one shape are fast to make and to read. */
  clientEvent(row: number): ClientEvent {
    return {
      index: this.index[row],
      time: this.time[row],
      type: rowTypes[this.type[row] as number],
      process: this.process[row],
      f: this.string(this.f[row]),
      key: this.string(this.key[row]),
      value: this.valueOf(row),
      mode: this.string(this.mode[row]),
      node: this.string(this.node[row]),
      revision: defined(this.revision[row]),
      modRevision: defined(this.modRevision[row]),
      intended: defined(this.intended[row]),
      error: this.string(this.error[row]),
      message: this.string(this.message[row]),
    } as ClientEvent;
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A number of a column; undefined for NaN. */
export const defined = (number: number | undefined): number | undefined =>
  Number.isNaN(number) ? undefined : number;
