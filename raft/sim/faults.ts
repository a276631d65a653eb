import type { Random } from "../../core/random.ts";
import type { MemberId, Membership, MembershipChange } from "../core/types.ts";
import type { SimMember } from "./member.ts";
import type { FaultKind } from "./options.ts";
import type { World } from "./world.ts";

/** Handle on the cluster for faults. */
export interface Cluster {
  readonly members: ReadonlyMap<MemberId, SimMember>;
  /** The member with the highest term among those that think they lead. */
  leader(): SimMember | undefined;
  /** A new process with an empty disk that no membership knows yet. */
  addMember(): SimMember;
}

/** Maximum processes of a cluster, removed ones included. */
const processesMax = 12;

/** Breaks things until the world's duration is over, each for a while. */
export class Faults {
  readonly #world: World;
  readonly #cluster: Cluster;
  readonly #random: Random;

  constructor(world: World, cluster: Cluster) {
    this.#world = world;
    this.#cluster = cluster;
    this.#random = world.random.fork("faults");
  }

  schedule(): void {
    const { events, options } = this.#world;
    if (options.faults.length === 0) return;
    const [min, max] = options.faultEveryMs;
    events.after(this.#random.integer(min, max), () => {
      if (events.now >= options.durationMs) return;
      const kind = this.#random.pick(options.faults);
      this.#world.trace?.(`fault: ${kind}`);
      this.#inject(kind);
      this.schedule();
    });
  }

  /** Ends all faults, and starts the members that are down. */
  mend(): void {
    this.#world.trace?.("the world is healed");
    this.#world.network.mend();
    for (const member of this.#cluster.members.values()) {
      member.diskSlowness = 1;
      member.resume();
      member.start();
    }
  }

  #inject(kind: FaultKind): void {
    const { events, network } = this.#world;
    const member = this.#random.pick([...this.#cluster.members.values()]);
    const target = kind.endsWith("-leader") ? (this.#cluster.leader() ?? member) : member;
    const lastsMs = this.#random.integer(50, 1_500);
    switch (kind) {
      case "partition":
      case "isolate-leader":
        this.#partition(kind === "partition" ? undefined : target);
        events.after(lastsMs, () => network.heal());
        break;
      case "one-way":
        for (const other of this.#cluster.members.keys()) {
          if (this.#random.chance(0.5)) network.cut(target.id, other);
        }
        events.after(lastsMs, () => network.heal());
        break;
      case "bridge":
        this.#bridge(target);
        events.after(lastsMs, () => network.heal());
        break;
      case "crash":
      case "crash-leader":
        this.#crash([target], lastsMs);
        break;
      case "crash-all":
        this.#crash([...this.#cluster.members.values()], lastsMs);
        break;
      case "pause":
      case "pause-leader":
        target.pause();
        events.after(lastsMs, () => target.resume());
        break;
      case "slow-disk":
        target.diskSlowness = this.#random.integer(2, 20);
        events.after(lastsMs, () => {
          target.diskSlowness = 1;
        });
        break;
      case "transfer":
        this.#world.stats.transfers += 1;
        this.#cluster.leader()?.step({ type: "transfer-leadership", to: member.id });
        break;
      case "membership":
        this.#changeMembership();
        break;
    }
  }

  #crash(members: readonly SimMember[], lastsMs: number): void {
    for (const member of members) {
      member.crash();
      this.#world.events.after(this.#random.integer(1, lastsMs), () => member.start());
    }
  }

  /** Two sides that do not hear each other: `alone` on one of them, or anyone. */
  #partition(alone: SimMember | undefined): void {
    const ids = [...this.#cluster.members.keys()];
    const side = alone ? [alone.id] : ids.filter(() => this.#random.chance(0.5));
    this.#separate(side, ids);
  }

  /** Two sides that hear each other only through `middle`. */
  #bridge(middle: SimMember): void {
    const ids = [...this.#cluster.members.keys()].filter((id) => id !== middle.id);
    const side = ids.filter((_, i) => i % 2 === 0);
    this.#separate(side, ids);
  }

  #separate(side: readonly MemberId[], all: readonly MemberId[]): void {
    for (const inside of side) {
      for (const outside of all.filter((id) => !side.includes(id))) {
        this.#world.network.cut(inside, outside);
        this.#world.network.cut(outside, inside);
      }
    }
  }

  /** An operator asks one of those that think they lead, and perhaps at once for more. */
  #changeMembership(): void {
    const leaders = [...this.#cluster.members.values()].filter(({ status }) => status?.role === "leader");
    if (leaders.length === 0) return;
    const leader = this.#random.pick(leaders);
    for (let left = this.#random.integer(1, 2); left > 0; left--) {
      const change = this.#change(leader.status?.membership);
      if (change !== undefined) leader.step({ type: "change-membership", change });
    }
  }

  #change(membership: Membership | undefined): MembershipChange | undefined {
    if (membership === undefined) return undefined;
    const [learner] = membership.learners;
    if (learner !== undefined && this.#random.chance(0.7)) return { type: "promote", member: learner };
    if (this.#cluster.members.size < processesMax && this.#random.chance(0.6)) {
      return { type: "add-learner", member: this.#cluster.addMember().id };
    }
    return { type: "remove", member: this.#random.pick([...membership.voters, ...membership.learners]) };
  }
}
