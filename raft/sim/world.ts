import { createRandom, type Random } from "../../core/random.ts";
import type { Message } from "../core/types.ts";
import { EventQueue } from "./event-queue.ts";
import { Invariants } from "./invariants.ts";
import { SimNetwork } from "./network.ts";
import type { SimOptions } from "./options.ts";
import { noStats, type SimStats } from "./stats.ts";

/** Shared parts of one simulated world. */
export interface World {
  readonly options: SimOptions;
  readonly events: EventQueue;
  readonly random: Random;
  readonly network: SimNetwork;
  readonly invariants: Invariants;
  readonly stats: SimStats;
  /** Reports each step to a replay of the seed; `undefined` if nobody listens. */
  readonly trace: ((line: string) => void) | undefined;
}

export function createWorld(
  options: SimOptions,
  deliver: (message: Message) => void,
  trace: ((line: string) => void) | undefined,
): World {
  const random = createRandom(options.seed);
  const events = new EventQueue();
  return {
    options,
    events,
    random,
    network: new SimNetwork(options, events, random.fork("network"), deliver),
    invariants: new Invariants(),
    stats: noStats(),
    trace: trace && ((line) => trace(`${`${events.now}`.padStart(6)} ms  ${line}`)),
  };
}
