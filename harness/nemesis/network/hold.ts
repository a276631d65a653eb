/**
 * Holds the bytes of links instead of dropping them, as a stalled switch or proxy does: connections stay up, and bytes arrive
 * late, in order. What was true when it was sent arrives when it is true no more: acknowledgements of a leader that has been
 * replaced since, votes of a past term. Partitions never show this, because TCP sends what they drop again much later, or never.
 */
import { sleep } from "../../../core/clock.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { millis } from "../../../core/time.ts";
import { Background } from "../background.ts";
import type { Injected, Target } from "../nemesis.ts";
import { nemesesOf } from "../shapes.ts";
import { ids } from "./cut.ts";
import { allLinks, between, incoming, towardsThenFrom } from "./links.ts";

/** Time in which a leader is still heard by its followers, but hears no answer: a few heartbeats, less than an election. */
const halfHeldMs = { min: 150, max: 250 };
/** Time between links that are freed one after the other: less than the time in which a leader without answers steps down. */
const gapMs = { min: 10, max: 50 };

const pollInterval = millis(200);
/** Over how long a link that is freed in turn passes on what it held, as a queue drains. */
const spreadMs = 80;

/** Links that are held, and the order in which they are freed, each after a gap; undefined: all at once. */
interface Held {
  readonly summary: string;
  readonly nodes: readonly NodeId[];
  readonly links: readonly Link[];
  readonly order?: () => readonly Link[];
}

/**
 * Holds the links to the leader first, so that requests reach followers whose answers wait. Freed one after the other: first
 * those to the old leader, with its successor's last, as the one that deposes it.
 */
async function leader(target: Target): Promise<Injected | undefined> {
  const { clock, random, cluster } = target;
  const node = await target.leader();
  const nodes = ids(target);
  if (node === undefined || nodes.length < 2) return undefined;
  await cluster.network.hold(incoming(nodes, node));
  await sleep(clock, millis(random.integer(halfHeldMs.min, halfHeldMs.max)));
  const links = random.shuffle(between(nodes, [node]));
  const successor = new Successor(target, node);
  const injected = await apply(target, {
    summary: `hold links of leader ${node}`,
    nodes: [node],
    links,
    order: () => towardsThenFrom(links, node, successor.node),
  });
  return {
    ...injected,
    async heal() {
      try {
        await successor.stop();
      } finally {
        await injected.heal();
      }
    },
  };
}

/** Who leads instead of a leader whose links are held: known before the heal, which has no time to ask. */
class Successor {
  node: NodeId | undefined;
  readonly #watching: Background;

  constructor({ clock, leader }: Target, old: NodeId) {
    this.#watching = new Background(async (signal) => {
      const over = aborted(signal);
      for (;;) {
        await sleep(clock, pollInterval, signal);
        const seen = await Promise.race([leader(), over]);
        if (seen !== undefined && seen !== old) this.node = seen;
      }
    });
  }

  stop(): Promise<void> {
    return this.#watching.stop();
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

async function one(target: Target): Promise<Injected | undefined> {
  const nodes = ids(target);
  if (nodes.length < 2) return undefined;
  const node = target.random.pick(nodes);
  return await apply(target, {
    summary: `hold links of ${node}`,
    nodes: [node],
    links: between(nodes, [node]),
  });
}

/** Some directed links: at least one, never all. */
async function links(target: Target): Promise<Injected | undefined> {
  const { random } = target;
  const all = random.shuffle(allLinks(ids(target)));
  if (all.length === 0) return undefined;
  const held = all.slice(0, random.integer(1, all.length - 1));
  const order = random.chance(0.5) ? { order: () => random.shuffle(held) } : {};
  const names = held.map(([from, to]) => `${from}->${to}`).join(" ");
  return await apply(target, { summary: `hold ${names}`, nodes: ids(target), links: held, ...order });
}

async function apply(target: Target, held: Held): Promise<Injected> {
  const { network } = target.cluster;
  await network.hold(held.links);
  let proof: string | undefined;
  return {
    summary: held.summary,
    nodes: held.nodes,
    cut: held.links,
    proof: async () => {
      proof ??= await network.proof();
      return proof;
    },
    async heal() {
      try {
        if (held.order !== undefined) await freeInTurn(target, held.order());
      } finally {
        await network.heal();
      }
    },
  };
}

async function freeInTurn({ clock, random, cluster }: Target, links: readonly Link[]): Promise<void> {
  for (const link of links) {
    const gap = random.integer(gapMs.min, gapMs.max);
    await sleep(clock, millis(gap));
    await cluster.network.mend([link], spreadMs);
    await sleep(clock, millis(spreadMs));
  }
}

export const hold = nemesesOf({
  name: "hold",
  summary: "holds what is sent between nodes, and lets it go later, in order",
  requires: ["link-hold"],
  shapes: {
    leader: {
      summary: "holds all links of the leader, those to it first, and frees them one after the other",
      leastNodes: 2,
      inject: leader,
    },
    one: { summary: "holds all links of one node, and frees them at once", leastNodes: 2, inject: one },
    links: {
      summary: "holds some directed links, and frees them at once or one after the other",
      leastNodes: 2,
      inject: links,
    },
  },
});
