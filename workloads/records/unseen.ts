/**
 * Leaves out writes of unknown outcome that nobody saw: each would stay open to the end of the history, and every one
 * doubles what a search has to try.
 *
 * Sound where each number is written once. If such a write took effect, no read or list of its keys and no
 * compare-and-set that succeeded fell between it and the next write of the key, since it would have seen the number. So
 * without it the same order is legal. Where a comparison was refused the number may be why; then the write stays.
 */
import type { Checker } from "../../checker/checker.ts";
import { type ClientEvent, type History, isClientEvent } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { writesOf } from "./groups.ts";

/** The checker, on a history without such writes. */
export const withoutUnseen = (checker: Checker): Checker => ({
  name: checker.name,
  check: (history, context) => checker.check(seenOf(history), context),
});

/** Made once for all checkers of a history. */
const made = new WeakMap<History, { readonly events: number; readonly seen: History }>();

function seenOf(history: History): History {
  const known = made.get(history);
  if (known?.events === history.length) return known.seen;
  const dropped = unseen(history);
  const seen = dropped.size === 0 ? history : history.filter((event) => !dropped.has(event as ClientEvent));
  made.set(history, { events: history.length, seen });
  return seen;
}

/** The events of writes that have no answer, or an unknown one, and whose numbers nobody saw. */
function unseen(history: History): ReadonlySet<ClientEvent> {
  const open = new Map<number, ClientEvent>();
  const unknown: { readonly invoke: ClientEvent; readonly end?: ClientEvent }[] = [];
  const seen = new Set<Json>();
  const refused = new Set<string>();
  for (const event of history) {
    if (!isClientEvent(event)) continue;
    if (event.type === "invoke") {
      open.set(event.process, event);
      continue;
    }
    const invoke = open.get(event.process);
    open.delete(event.process);
    if (event.type === "ok") for (const number of numbersSeen(event)) seen.add(number);
    if (event.f === "cas" && event.type === "fail") refused.add(event.key ?? "");
    if (invoke !== undefined && event.type === "info") unknown.push({ invoke, end: event });
  }
  for (const invoke of open.values()) unknown.push({ invoke });
  const dropped = new Set<ClientEvent>();
  for (const { invoke, end } of unknown) {
    const written = numbersWritten(invoke);
    if (written.length === 0 || written.some(([key, number]) => seen.has(number) || refused.has(key)))
      continue;
    dropped.add(invoke);
    if (end !== undefined) dropped.add(end);
  }
  return dropped;
}

/** What an answer shows to have been there. */
function numbersSeen({ f, value }: ClientEvent): readonly Json[] {
  if (f === "read") return [value ?? null];
  if (f === "list") return writesOf(value).map(([, number]) => number);
  return f === "cas" && Array.isArray(value) ? [(value as readonly Json[])[0] ?? null] : [];
}

/** The plain writes of a call, by key. A compare-and-set of unknown outcome stays: it is rarely without effect. */
function numbersWritten({ f, key = "", value = null }: ClientEvent): readonly (readonly [string, Json])[] {
  if (f === "write") return [[key, value]];
  return f === "txn" ? writesOf(value) : [];
}
