import type { Random } from "../../core/random.ts";
import type { WriteRequest } from "../kv/request.ts";
import type { Cluster } from "./faults.ts";
import type { World } from "./world.ts";

/** Number of owed answers from which on clients leave a member alone. */
const owedMax = 20;

const text = new TextEncoder();

/** Clients that write and read, each at a member of its choice, until the world's duration is over. */
export class Clients {
  readonly #world: World;
  readonly #cluster: Cluster;
  #values = 0;

  constructor(world: World, cluster: Cluster) {
    this.#world = world;
    this.#cluster = cluster;
  }

  start(): void {
    for (let client = 1; client <= this.#world.options.clients; client++) {
      this.#next(this.#world.random.fork(`client-${client}`));
    }
  }

  #next(random: Random): void {
    const { events, options } = this.#world;
    const [min, max] = options.clientEveryMs;
    events.after(random.integer(min, max), () => {
      if (events.now >= options.durationMs) return;
      const member = random.pick([...this.#cluster.members.values()]);
      // Several at once, so that members have something to batch.
      for (let count = random.chance(0.2) ? random.integer(2, 6) : 1; count > 0; count--) {
        if ((member.replica?.unanswered ?? 0) >= owedMax) break;
        if (random.chance(options.readProbability)) member.read();
        else member.propose(this.#request(random));
      }
      if (random.chance(0.2)) member.retryProposals();
      this.#next(random);
    });
  }

  #request(random: Random): WriteRequest {
    this.#values += 1;
    const key = text.encode(`k${random.integer(1, 4)}`);
    if (random.chance(0.02)) return { type: "compact", revision: random.integer(1, this.#values) };
    if (random.chance(0.1)) return { type: "delete-range", key, prevKv: false };
    return { type: "put", key, value: text.encode(`${this.#values}`), prevKv: false, ignoreValue: false };
  }
}
