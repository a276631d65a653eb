import type { CallWords } from "../../checker/model.ts";
import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { cutEnd } from "../../core/wording.ts";
import { barLabel } from "../describe-operation.ts";
import { type Measure, startOf, tookMicros } from "./measure.ts";
import { type Kept, thin } from "./thin.ts";

/** Points of the scatter plot, one for each operation, in order of their intended starts: columns of equal length, with dictionaries. */
export interface Points {
  /** Operations in the run; more than points if the run was thinned. */
  readonly total: number;
  /** Number of `ok` operations left out, and of `fail` and `info` ones merged into a neighbour. */
  readonly dropped: number;
  readonly merged: number;
  /** Length of the steps whose slowest and fastest operations are all here; 0 if nothing was left out. */
  readonly stepSeconds: number;
  readonly functions: readonly string[];
  readonly nodes: readonly string[];
  readonly keys: readonly string[];
  /** Bar labels (`w 41 ok`). */
  readonly labels: readonly string[];
  /** Errors, as `code: message`; the first is "". */
  readonly errors: readonly string[];
  /** Intended start, in units of `unitMicros`. */
  readonly at: Uint32Array;
  readonly unitMicros: number;
  /** Microseconds. */
  readonly response: Uint32Array;
  /** Microseconds; empty if always equal to the response time. */
  readonly service: Uint32Array;
  /** Positions in `outcomes`, `functions`, `nodes`, `keys`, `labels`, `errors`. */
  readonly outcome: Uint8Array;
  readonly f: Uint8Array;
  readonly node: Uint16Array;
  readonly key: Uint16Array;
  readonly label: Uint32Array;
  readonly error: Uint16Array;
  readonly process: Uint32Array;
}

export const outcomes = ["ok", "fail", "info"] as const;

/** Number of points above which a report thins them: about 1 MB. */
const pointLimit = 18_000;

export function pointsOf(
  operations: readonly Operation[],
  end: Nanos,
  words: CallWords,
  limit = pointLimit,
): Points {
  const kept: Kept = thin(operations, end, limit);
  const shown = [...kept.operations].sort((a, b) => startOf(a, "response") - startOf(b, "response"));
  const unitMicros = 10 ** Math.max(0, Math.ceil(Math.log10(end / 1e3 / 0xffffffff)));
  const [functions, nodes, keys, labels, errors] = [
    new Dictionary(0xff),
    new Dictionary(0xffff),
    new Dictionary(0xffff),
    new Dictionary(0xffffffff),
    new Dictionary(0xffff),
  ];
  errors.add("");
  // In order of names, so that an operation has the same colour as in the spectrum.
  for (const f of [...new Set(operations.map(({ call }) => call.f))].sort()) functions.add(f);
  const openLoop = shown.some((operation) => operation.intendedAt !== undefined);
  const points = {
    total: operations.length,
    dropped: kept.dropped,
    merged: kept.merged,
    stepSeconds: kept.stepSeconds,
    unitMicros,
    at: Uint32Array.from(shown, (operation) => Math.round(startOf(operation, "response") / 1e3 / unitMicros)),
    response: Uint32Array.from(shown, (operation) => Math.round(tookMicros(operation, "response", end))),
    service: openLoop
      ? Uint32Array.from(shown, (operation) => Math.round(tookMicros(operation, "service", end)))
      : new Uint32Array(),
    outcome: Uint8Array.from(shown, (operation) => outcomes.indexOf(operation.outcome.type)),
    f: Uint8Array.from(shown, (operation) => functions.add(operation.call.f)),
    node: Uint16Array.from(shown, (operation) => nodes.add(operation.node ?? "")),
    key: Uint16Array.from(shown, (operation) => keys.add(cutEnd(operation.call.key ?? "", 60))),
    label: Uint32Array.from(shown, (operation) => labels.add(barLabel(operation, words))),
    error: Uint16Array.from(shown, (operation) => errors.add(errorText(operation))),
    process: Uint32Array.from(shown, (operation) => operation.process),
  };
  return {
    ...points,
    functions: functions.words,
    nodes: nodes.words,
    keys: keys.words,
    labels: labels.words,
    errors: errors.words,
  };
}

function errorText(operation: Operation): string {
  if (operation.outcome.type === "ok") return "";
  const { code, message } = operation.outcome.error;
  return cutEnd(message === code || message === "" ? code : `${code}: ${message}`, 120);
}

/** Numbers words, each once. Beyond `limit` words, all others share one number: they are only labels. */
class Dictionary {
  readonly words: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    if (this.words.length === this.#limit) this.words.push("…");
    if (this.words.length > this.#limit) return this.#limit;
    this.#numbers.set(word, this.words.length);
    this.words.push(word);
    return this.words.length - 1;
  }
}

/** Seconds since the run began at which point `i` was meant to start, or was sent. */
export function secondsOf(points: Points, i: number, measure: Measure): number {
  const meant = (points.at[i] ?? 0) * points.unitMicros;
  const waited = (points.response[i] ?? 0) - (points.service[i] ?? points.response[i] ?? 0);
  return (measure === "service" ? meant + waited : meant) / 1e6;
}
