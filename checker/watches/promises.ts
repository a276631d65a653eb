/** What each kind of watch promises, as far as checkers need it: a run names its kinds, a foreign history may not. */
import { type ClientEvent, type History, isInvocation } from "../../core/history.ts";
import type { WatchContract, WatchPromise } from "../../core/watch.ts";
import { own } from "../canonical.ts";

export type KindPromise = Pick<WatchPromise, "contract" | "atomic" | "beforeReads">;

/** The promise of a kind of watch, by its name. */
export type PromiseOf = (kind: string) => KindPromise;

const promise = (contract: WatchContract, atomic = false): KindPromise => ({ contract, atomic });

/** Kinds that histories may name without a run that says what they promise. */
const known: Readonly<Record<string, KindPromise>> = {
  stream: promise("every-event", true),
  persistent: promise("every-event"),
  "persistent-recursive": promise("every-event"),
  blocking: promise("latest-state"),
  "blocking-stale": promise("latest-state"),
  children: promise("key-set"),
  "one-shot": { ...promise("one-shot"), beforeReads: true },
};

/** A kind that nobody knows has to report every event. */
export const promiseOf =
  (watches: Readonly<Record<string, KindPromise>> = {}): PromiseOf =>
  (kind) =>
    own(watches, kind) ?? own(known, kind) ?? promise("every-event");

/** The promises of the kinds of watches that a history names, by kind. */
export function promisesIn(history: History): Readonly<Record<string, KindPromise>> {
  const kinds = new Set(
    history.flatMap((event) => (isInvocation(event) && event.f === "watch" ? [kindOf(event)] : [])),
  );
  return Object.fromEntries([...kinds].map((kind) => [kind, promiseOf()(kind)]));
}

/** The kind of watch that an invocation opens; one that another writer left out is a stream. */
export function kindOf({ value }: ClientEvent): string {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value["kind"] : undefined;
  return typeof kind === "string" ? kind : "stream";
}
