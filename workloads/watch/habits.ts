/** The habits of watchers: what each wants to watch, for how long, and from where. */
import type { Random } from "../../core/random.ts";
import type { WatchPromise } from "../../core/watch.ts";
import type { Self } from "../workload.ts";
import type { WatchTarget } from "./known.ts";
import type { OpenWatch, Slowness, WatchPlan } from "./open-watch.ts";
import { option } from "./options.ts";
import type { Habit, Step, WatchClient, WatchersContext } from "./watch-client.ts";

type Kind = readonly [name: string, promise: WatchPromise];

/** A client that was refused waits a little. */
const refusedMs = 200;

/** The habit of the watcher at a place: the watchers of a node take them in turn. */
export function habitOf(context: WatchersContext, { slot, random }: Self): Habit {
  const place = Math.floor(slot / context.run.nodes.length) % 4;
  if (place === 0) return new Steady(context, random, { followsPrefixes: slot % 2 === 0 });
  if (place === 1) return new Roaming(context, random);
  return place === 2 ? new Storm(context) : new Slow(context, random);
}

const kindsOf = ({ run }: WatchersContext): readonly Kind[] => Object.entries(run.watches);

const pause = (random: Random, min: number, max: number): Step => ({ pauseMs: random.integer(min, max) });

/** A step for the watches that are open: one is asked for its progress, or what it follows is read. */
function look({ run }: WatchersContext, { open, random }: WatchClient): Step | undefined {
  if (open.length === 0) return undefined;
  const watch = random.pick(open);
  if (run.watches[watch.plan.kind]?.progress === true && random.chance(0.6)) return { progress: watch };
  const { target } = watch.plan;
  return "key" in target && random.chance(0.5) ? { read: target.key } : undefined;
}

/** Those that have received something: others are waited for, as long as they are not more than half of `most`, which a client may have. */
function closable(open: readonly OpenWatch[], most: number): readonly OpenWatch[] {
  const waiting = open.filter(({ hasReceived }) => !hasReceived);
  return waiting.length > most / 2 ? open : open.filter(({ hasReceived }) => hasReceived);
}

/** A plan for a new watch. */
function anyPlan(context: WatchersContext, random: Random): WatchPlan {
  const { keys, known } = context;
  const [kind, promise] = random.pick(kindsOf(context));
  const isPrefix = promise.contract === "key-set" || (promise.prefix && random.chance(0.6));
  const from = promise.from ? known.start(random) : undefined;
  const deleted = from === undefined ? undefined : known.deletedAt(from);
  // A start at a deletion shows most where the watch follows the key that was deleted.
  const target =
    deleted !== undefined && random.chance(0.8)
      ? keys.including(deleted, random, { isPrefix })
      : keys.target(random, { isPrefix });
  return { kind, target, from };
}

/**
 * Keeps one watch of each kind on one key and, every other one, one on a prefix, from its start to the end; what breaks off goes on
 * where it stopped. Now and then another watch of any kind visits the same key for a while. All are on one connection.
 */
class Steady implements Habit {
  readonly #context: WatchersContext;
  readonly #wanted: WatchPlan[];
  #isRefused = false;

  constructor(
    context: WatchersContext,
    random: Random,
    { followsPrefixes }: { readonly followsPrefixes: boolean },
  ) {
    this.#context = context;
    const prefix: WatchTarget = context.keys.target(random, { isPrefix: true });
    // A key each: a watch of one kind could hide what happens to one of another kind on the same key.
    const newKey = () => context.keys.target(random, { isPrefix: false });
    this.#wanted = kindsOf(context).flatMap(([kind, promise]) => [
      ...(promise.contract === "key-set" ? [] : [{ kind, target: newKey(), from: undefined }]),
      // In a ZooKeeper session a watch of a prefix would hide that one of a key has ended.
      ...(promise.prefix && followsPrefixes ? [{ kind, target: prefix, from: undefined }] : []),
    ]);
  }

  step(client: WatchClient): Step {
    const { random } = client;
    if (this.#isRefused) {
      this.#isRefused = false;
      return { pauseMs: refusedMs };
    }
    const wanted = this.#wanted.shift();
    if (wanted !== undefined) return { open: wanted };
    return (
      this.#visit(client) ??
      (random.chance(0.5) ? look(this.#context, client) : undefined) ??
      pause(random, 50, 300)
    );
  }

  lost(plan: WatchPlan): void {
    if (plan.isVisit !== true) this.#wanted.push(plan);
    this.#isRefused = true;
  }

  /** Opens a short watch on a key that is watched, or closes the one that is open. */
  #visit({ open, random }: WatchClient): Step | undefined {
    const visit = open.find(({ plan }) => plan.isVisit === true);
    if (visit !== undefined) return random.chance(0.1) ? { close: visit } : undefined;
    const hosts = open.filter(({ plan }) => "key" in plan.target);
    if (hosts.length === 0 || !random.chance(0.2)) return undefined;
    const { kind: own, target } = random.pick(hosts).plan;
    const all = kindsOf(this.#context).filter(([, promise]) => promise.contract !== "key-set");
    const others = all.filter(([kind]) => kind !== own);
    const [kind] = random.pick(others.length === 0 ? all : others);
    return { open: { kind, target, from: undefined, isVisit: true } };
  }
}

/** Opens watches of any kind at any start, also those that others lost, and closes them when they have received something, after a while. */
class Roaming implements Habit {
  readonly #context: WatchersContext;
  readonly #most: number;

  constructor(context: WatchersContext, random: Random) {
    this.#context = context;
    this.#most = Math.max(1, Math.min(option(context.run, "watches-per-client"), random.integer(2, 5)));
  }

  step(client: WatchClient): Step {
    const { random, open } = client;
    const { known } = this.#context;
    const dice = random.integer(0, 99);
    if (dice < 25 && open.length < this.#most) {
      const interrupted = random.chance(0.5) ? known.takeInterrupted() : undefined;
      if (interrupted === undefined) return { open: anyPlan(this.#context, random) };
      return { open: { kind: interrupted.kind, target: interrupted.target, from: interrupted.next } };
    }
    const mayClose = closable(open, this.#most);
    if (dice < 40 && mayClose.length > 0) {
      const watch = random.pick(mayClose);
      const { kind, target } = watch.plan;
      const isResumable = this.#context.run.watches[kind]?.from === true && watch.next !== undefined;
      // Somebody else goes on with it, perhaps at another node.
      if (isResumable && watch.next !== undefined) known.interrupted({ kind, target, next: watch.next });
      return { close: watch };
    }
    return (dice < 60 ? look(this.#context, client) : undefined) ?? pause(random, 20, 200);
  }

  lost({ kind, target, from }: WatchPlan): void {
    if (from !== undefined) this.#context.known.interrupted({ kind, target, next: from });
  }
}

/** Opens as many watches as it may have, without a pause, and closes them a little later, when they have received something. */
class Storm implements Habit {
  readonly #context: WatchersContext;
  #opens = true;
  #count = 0;

  constructor(context: WatchersContext) {
    this.#context = context;
  }

  step(client: WatchClient): Step {
    const { random, open } = client;
    const most = option(this.#context.run, "watches-per-client");
    if (this.#opens && this.#count < most && open.length < most) {
      this.#count++;
      return { open: anyPlan(this.#context, random) };
    }
    if (this.#opens) {
      this.#opens = false;
      this.#count = 0;
      return pause(random, 300, 1500);
    }
    const [watch] = closable(open, most);
    if (watch !== undefined) return { close: watch };
    this.#opens = true;
    return pause(random, 100, 1000);
  }
}

/** Keeps two watches with connections of their own, and stops reading now and then. */
class Slow implements Habit {
  readonly slowness: Slowness;
  readonly #context: WatchersContext;
  readonly #wanted: WatchPlan[];
  #isRefused = false;

  constructor(context: WatchersContext, random: Random) {
    this.#context = context;
    this.slowness = { random: random.fork("slowness"), chance: 0.01, pauseMs: { min: 200, max: 2000 } };
    this.#wanted = [anyPlan(context, random), anyPlan(context, random)];
  }

  step({ random }: WatchClient): Step {
    if (this.#isRefused) {
      this.#isRefused = false;
      return { pauseMs: refusedMs };
    }
    const wanted = this.#wanted.shift();
    return wanted === undefined ? pause(random, 100, 500) : { open: wanted, own: true };
  }

  lost(plan: WatchPlan): void {
    // One that is too slow for its history begins somewhere else.
    const isCompacted = plan.from !== undefined && plan.from < this.#context.known.compacted;
    this.#wanted.push(isCompacted ? { ...plan, from: undefined } : plan);
    this.#isRefused = true;
  }
}
