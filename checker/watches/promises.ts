/** What each kind of watch promises, as far as checkers need it: a run names its kinds, a foreign history may not. */
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
