/** Reasons about a queue: what was taken out was never in, had been taken already, or was not the first. */
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { canonical, same } from "../../canonical.ts";
import type { QueueAccess } from "../../model.ts";
import { named, othersOf, type Past, type Reason, type Reasoner } from "./reason.ts";

type Access = (call: Call, outcome: Outcome) => QueueAccess;

/**
 * Reasons for a model whose state is a queue, `initial` at first. `putting` describes adding an element, in the past tense,
 * to follow "nothing": `enqueued 3`.
 */
export const queueReasons =
  (initial: readonly Json[], access: Access, putting: (value: Json) => string): Reasoner =>
  (past) => {
    const { list, bad } = past;
    const { kind, value } = access(list.call(bad), list.outcome(bad));
    if (kind !== "dequeue" || list.outcome(bad).type !== "ok") return undefined;
    const traffic = new Traffic(access, past);
    if (value === null) return notEmpty(traffic, past);
    const atFirst = initial.filter((element) => same(element, value)).length;
    const element: Element = { value, atFirst, what: putting(value) };
    return (
      neverIn(traffic, past, element) ?? taken(traffic, past, element) ?? overtaken(traffic, past, element)
    );
  };

interface Element {
  readonly value: Json;
  /** How often it is in the initial queue. */
  readonly atFirst: number;
  readonly what: string;
}

/** What may have gone in and out before the bad operation returned: positions, by value. */
class Traffic {
  readonly #puts = new Map<string, number[]>();
  readonly #takes = new Map<string, number[]>();
  /** Whether something was or may have been taken without an answer that says what. */
  #isUnsure = false;
  readonly access: Access;

  constructor(access: Access, past: Past) {
    this.access = access;
    const { list } = past;
    for (const i of othersOf(past)) {
      const { kind, value } = access(list.call(i), list.outcome(i));
      if (kind === "enqueue") add(this.#puts, value, i);
      else if (list.outcome(i).type === "info") this.#isUnsure = true;
      else add(this.#takes, value, i);
    }
  }

  puts(value: Json): readonly number[] {
    return this.#puts.get(canonical(value)) ?? [];
  }

  takes(value: Json): readonly number[] {
    return this.#takes.get(canonical(value)) ?? [];
  }

  /** The operation that put in an element that nothing can have taken out. */
  stillIn(): number[] {
    if (this.#isUnsure) return [];
    return [...this.#puts].flatMap(([value, positions]) => (this.#takes.has(value) ? [] : positions));
  }
}

function add(map: Map<string, number[]>, value: Json, position: number): void {
  const name = canonical(value);
  const known = map.get(name);
  if (known === undefined) map.set(name, [position]);
  else known.push(position);
}

function neverIn(
  traffic: Traffic,
  { list, bad }: Past,
  { value, atFirst, what }: Element,
): Reason | undefined {
  if (traffic.puts(value).length > 0 || atFirst > 0) return undefined;
  const end = list.returnIndex(bad);
  let later = false;
  for (let i = list.length - 1; i >= 0 && list.callIndex(i) > end && !later; i--) {
    const access = traffic.access(list.call(i), list.outcome(i));
    later = list.outcome(i).type === "ok" && access.kind === "enqueue" && same(access.value, value);
  }
  return { kind: "never", claim: { cell: "", value, holds: true }, what, later };
}

function taken(traffic: Traffic, { list, bad }: Past, { value, atFirst, what }: Element): Reason | undefined {
  const takers = traffic.takes(value).filter((i) => list.returnIndex(i) <= list.returnIndex(bad));
  const most = traffic.puts(value).length;
  if (takers.length + 1 <= most + atFirst || atFirst > 1) return undefined;
  const by = takers.map((i) => list.operation(i));
  return { kind: "taken", claim: { cell: "", value, holds: true }, what, by, most, atFirst: atFirst === 1 };
}

/** An element that was put in before `value` can have been, and is still in. */
function overtaken(traffic: Traffic, past: Past, { value, atFirst, what }: Element): Reason | undefined {
  if (atFirst > 0) return undefined;
  const { list } = past;
  const first = traffic
    .puts(value)
    .reduce((least, i) => Math.min(least, list.callIndex(i)), Number.POSITIVE_INFINITY);
  const i = acknowledged(traffic, past, first);
  if (i === undefined) return undefined;
  const element = traffic.access(list.call(i), list.outcome(i)).value;
  return { kind: "overtaken", value, what, by: list.operation(i), element };
}

function notEmpty(traffic: Traffic, past: Past): Reason | undefined {
  const i = acknowledged(traffic, past, past.list.callIndex(past.bad));
  return i === undefined ? undefined : { kind: "not-empty", by: past.list.operation(i) };
}

/** The operation that put in an element that is still in, and had returned before `index`. */
const acknowledged = (traffic: Traffic, past: Past, index: number): number | undefined =>
  named(
    past,
    traffic.stillIn().filter((i) => past.list.outcome(i).type === "ok" && past.list.returnIndex(i) < index),
  );
