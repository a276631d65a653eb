import { type MemberId, type Membership, memberId } from "../core/types.ts";
import { Clients } from "./clients.ts";
import { type Cluster, Faults } from "./faults.ts";
import { SimMember } from "./member.ts";
import type { SimOptions } from "./options.ts";
import type { SimStats } from "./stats.ts";
import { require, Violation } from "./violation.ts";
import { createWorld, type World } from "./world.ts";

export interface SimResult {
  readonly stats: SimStats;
  /** The first invariant that broke. */
  readonly violation?: Violation;
}

/** Simulated time in which a healed world must come to rest. */
const restMs = 60_000;

/** Lives through one simulated world, to its end or to the first broken invariant. The same options: the same life. */
export function simulate(options: SimOptions, trace?: (line: string) => void): SimResult {
  const simulation = new Simulation(options, trace);
  try {
    simulation.run();
    return { stats: simulation.stats };
  } catch (error) {
    const violation = error instanceof Violation ? error : new Violation("no crash", `${error}`, error);
    return { stats: simulation.stats, violation };
  }
}

class Simulation implements Cluster {
  readonly #world: World;
  readonly #bootstrap: Membership;
  readonly #members = new Map<MemberId, SimMember>();

  constructor(options: SimOptions, trace: ((line: string) => void) | undefined) {
    const voters = Array.from({ length: options.members }, (_, i) => memberId(i + 1));
    this.#bootstrap = { voters, learners: [] };
    const deliver: Parameters<typeof createWorld>[1] = (message) =>
      this.#members.get(message.to)?.step({ type: "receive", message });
    this.#world = createWorld(options, deliver, trace);
    for (const _ of voters) this.addMember();
  }

  get stats(): SimStats {
    const { stats, invariants } = this.#world;
    return {
      ...stats,
      commits: invariants.commits,
      elections: invariants.elections,
      replacedEntries: invariants.replaced,
    };
  }

  get members(): ReadonlyMap<MemberId, SimMember> {
    return this.#members;
  }

  leader(): SimMember | undefined {
    let leader: SimMember | undefined;
    for (const member of this.#members.values()) {
      const { status } = member;
      if (status?.role === "leader" && status.term >= (leader?.status?.term ?? 0)) leader = member;
    }
    return leader;
  }

  addMember(): SimMember {
    const id = memberId(this.#members.size + 1);
    const member = new SimMember(this.#world, id, this.#bootstrap);
    this.#members.set(id, member);
    member.start();
    return member;
  }

  run(): void {
    const { events, options } = this.#world;
    const faults = new Faults(this.#world, this);
    new Clients(this.#world, this).start();
    faults.schedule();
    while (events.now < options.durationMs) events.runNext();
    faults.mend();
    let nextLook = events.now;
    while (true) {
      events.runNext();
      if (events.now < nextLook) continue;
      if (this.#isAtRest()) break;
      nextLook = events.now + 50;
      for (const member of this.#members.values()) member.retryProposals();
      require(events.now < options.durationMs + restMs, "convergence", () =>
        `the healed world does not come to rest within ${restMs} ms`);
    }
    this.#checkAgreement();
  }

  /** Everyone that belongs to the cluster has applied the leader's whole log, and every client has its answer. */
  #isAtRest(): boolean {
    const leader = this.leader()?.status;
    if (leader === undefined || leader.commit !== leader.lastIndex) return false;
    return this.#belonging(leader.membership).every(
      ({ replica }) => replica?.applied === leader.lastIndex && replica.unanswered === 0,
    );
  }

  #belonging({ voters, learners }: Membership): SimMember[] {
    return [...voters, ...learners].flatMap((id) => this.#members.get(id) ?? []);
  }

  #checkAgreement(): void {
    const leader = this.leader();
    const membership = leader?.status?.membership ?? this.#bootstrap;
    const state = leader?.replica?.state.join();
    for (const { id, replica, status } of this.#belonging(membership)) {
      require(replica?.state.join() === state, "convergence", () =>
        `members ${leader?.id} and ${id} applied the same entries, but their states differ`);
      require(JSON.stringify(status?.membership) === JSON.stringify(membership), "convergence", () =>
        `members ${leader?.id} and ${id} have the same log, but another membership`);
    }
  }
}
