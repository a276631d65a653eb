/** Links that fail and recover by themselves, again and again, each pair of nodes at times of its own. */
import { sleep } from "../../../core/clock.ts";
import type { Link } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { millis, type Nanos, nanos } from "../../../core/time.ts";
import type { Network } from "../../runtimes/runtime.ts";
import { Background } from "../background.ts";
import type { Target } from "../nemesis.ts";
import type { Shape } from "../shapes.ts";
import { ids } from "./cut.ts";
import { pair } from "./links.ts";

/** Mean times in milliseconds. */
interface Means {
  /** From a recovery to the next failure. */
  readonly upMs: number;
  readonly downMs: number;
}

/** Both directions between two nodes, and when they change next. */
interface Flapping {
  readonly links: readonly Link[];
  isCut: boolean;
  at: Nanos;
}

export const intermittent: Shape = {
  summary: "cuts and mends each pair of nodes again and again, at random times",
  leastNodes: 2,
  mendsLinks: true,
  async inject(target) {
    const nodes = ids(target);
    const pairs = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => pair(a, b)));
    if (pairs.length === 0) return undefined;
    const { random, cluster } = target;
    const means = { upMs: random.integer(3, 12) * 100, downMs: random.integer(1, 5) * 100 };
    const links = new IntermittentLinks(target, pairs, means);
    return {
      summary: `intermittent links: each pair fails after ${means.upMs} ms, for ${means.downMs} ms (means)`,
      nodes,
      cut: pairs.flat(),
      flapping: true,
      proof: () => links.proof(),
      async heal() {
        try {
          await links.stop();
        } finally {
          await cluster.network.heal();
        }
      },
    };
  },
};

class IntermittentLinks {
  readonly #target: Target;
  readonly #network: Network;
  readonly #random: Random;
  readonly #means: Means;
  readonly #pairs: readonly Flapping[];
  readonly #background: Background;
  /** The first one: a mended link may forget what it refused. */
  #proof: string | undefined;

  constructor(target: Target, pairs: readonly (readonly Link[])[], means: Means) {
    this.#target = target;
    this.#network = target.cluster.network;
    this.#random = target.random.fork("intermittent");
    this.#means = means;
    this.#pairs = pairs.map((links) => ({ links, isCut: false, at: this.#later(means.upMs) }));
    this.#background = new Background((signal) => this.#run(signal));
  }

  async proof(): Promise<string | undefined> {
    this.#proof ??= await this.#network.proof();
    return this.#proof;
  }

  stop(): Promise<void> {
    return this.#background.stop();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#target;
    for (;;) {
      const next = this.#pairs.reduce((first, each) => (each.at < first.at ? each : first));
      const wait = next.at - clock.now();
      if (wait > 0) await sleep(clock, nanos(wait), signal);
      signal.throwIfAborted();
      await this.#change(next);
    }
  }

  async #change(flapping: Flapping): Promise<void> {
    if (flapping.isCut) {
      await this.proof();
      await this.#network.mend(flapping.links);
    } else await this.#network.cut(flapping.links);
    flapping.isCut = !flapping.isCut;
    flapping.at = this.#later(flapping.isCut ? this.#means.downMs : this.#means.upMs);
  }

  /** Exponentially distributed, as the times between independent failures are. */
  #later(meanMs: number): Nanos {
    const waitMs = -meanMs * Math.log(1 - this.#random.float());
    return nanos(this.#target.clock.now() + Math.round(millis(waitMs)));
  }
}
