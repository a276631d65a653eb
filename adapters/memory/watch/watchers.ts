/** The watches at the nodes of the in-memory system: each is told of what its node has applied, over a stream of its own. */
import type { Clock } from "../../../core/clock.ts";
import { millis } from "../../../core/time.ts";
import type { WatchRequest } from "../../client/watch.ts";
import type { PlantedBugs } from "../bugs.ts";
import type { MemoryNetwork } from "../network.ts";
import type { MemoryNode } from "../node.ts";
import type { MemoryStore } from "../store.ts";
import { EveryEvent } from "./every-event.ts";
import { LatestState } from "./latest-state.ts";
import { OneShot } from "./one-shot.ts";
import type { OpenWatch, Post, Teller, Watcher } from "./teller.ts";

export interface WatchersOptions {
  readonly clock: Clock;
  readonly network: MemoryNetwork;
  readonly store: MemoryStore;
  readonly bugs: PlantedBugs;
  /** The node whose watches are late or silent, where that bug is planted. */
  readonly odd: MemoryNode | undefined;
}

const lateMs = 10_000;

const tellers = {
  stream: (post: Post): Teller => new EveryEvent(post),
  latest: (post: Post): Teller => new LatestState(post),
  "one-shot": (post: Post): Teller => new OneShot(post),
} as const;

export class Watchers {
  readonly #options: WatchersOptions;

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  /** A request has arrived at the node. */
  open(node: MemoryNode, request: WatchRequest, watcher: Watcher): void {
    if (watcher.isOver) return;
    const { network, store, bugs } = this.#options;
    const down = network.stream(node.id, "clients");
    const up = network.stream("clients", node.id);
    const close = () => {
      for (const end of [down.close, up.close, stopHanging, stopListening]) end();
    };
    const tell: Post["tell"] = (delivery, arrived) =>
      down.send(() => {
        watcher.deliver(delivery);
        if (arrived !== undefined) up.send(() => node.receive(arrived));
      });
    const teller = tellers[request.kind as keyof typeof tellers]({ node, store, bugs, request, tell });
    const stopHanging = node.connected(close);
    const stopListening = node.onApplied(() => this.#applied(node, teller));
    const { progress } = teller;
    const watch: OpenWatch = {
      pause: down.pause,
      close,
      ...(progress !== undefined && {
        progress: () => network.send("clients", node.id, () => node.receive(() => tell(progress()))),
      }),
    };
    const revision = node.applied;
    down.send(() => watcher.opened(revision, watch));
    teller.start();
  }

  #applied(node: MemoryNode, teller: Teller): void {
    const { clock, bugs, odd } = this.#options;
    const upTo = node.applied;
    if (node !== odd || !(bugs.has("late-watches") || bugs.has("silent-watches"))) teller.applied(upTo);
    else if (bugs.has("late-watches")) clock.after(millis(lateMs), () => teller.applied(upTo));
  }
}
