/**
 * A small replicated register store in memory, on a clock of the caller's: one node leads while it reaches a majority,
 * every operation passes through it, the others follow. It is right by default and wrong on request, so that the harness
 * can be tried on both in virtual time.
 */
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { type NodeId, nodeId, type Revision } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { millis, type Nanos } from "../../core/time.ts";
import type { TxnChange } from "../client/txn.ts";
import type { WatchRequest } from "../client/watch.ts";
import { type MemoryBug, PlantedBugs } from "./bugs.ts";
import { type LatencyMs, MemoryNetwork } from "./network.ts";
import { MemoryNode } from "./node.ts";
import {
  type ChangeRequest,
  isChange,
  isRead,
  type MemoryAnswer,
  type MemoryRequest,
  type ReadRequest,
  valueAfter,
} from "./requests.ts";
import { MemorySessions, type OwnedKeys, sessionGone } from "./sessions.ts";
import { type Found, MemoryStore } from "./store.ts";
import type { Watcher } from "./watch/teller.ts";
import { Watchers } from "./watch/watchers.ts";

export interface MemoryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly nodes: number;
  /** Delay of one message. */
  readonly latencyMs: LatencyMs;
  /** Time that a cluster without a leader takes to elect one. */
  readonly electionMs: number;
  readonly bugs?: readonly MemoryBug[];
}

type Respond = (answer: MemoryAnswer | ClientError) => void;

const secondApplyMs = 150;

export class MemorySystem {
  readonly clock: Clock;
  readonly nodes: readonly MemoryNode[];
  readonly network: MemoryNetwork;
  readonly #random: Random;
  readonly #election: Nanos;
  readonly #bugs: PlantedBugs;
  readonly #sessions: MemorySessions;
  readonly #store = new MemoryStore();
  readonly #watchers: Watchers;
  /** Changes are numbered from 1 in the order in which they were committed. */
  #revision: Revision = 0;
  #leader: MemoryNode | undefined;
  #electing = false;

  constructor(options: MemoryOptions) {
    this.clock = options.clock;
    this.#random = options.random.fork("bugs");
    this.#election = millis(options.electionMs);
    this.#bugs = new PlantedBugs(options.bugs ?? [], this.#random);
    this.#sessions = new MemorySessions(options.clock, (keys) => this.#expire(keys));
    this.network = new MemoryNetwork({
      clock: options.clock,
      random: options.random.fork("network"),
      latency: options.latencyMs,
      onChange: () => this.#reconsider(),
    });
    this.nodes = Array.from(
      { length: options.nodes },
      (_, i) => new MemoryNode(nodeId(`n${i + 1}`), i + 1, () => this.#reconsider()),
    );
    this.#watchers = new Watchers({
      clock: options.clock,
      network: this.network,
      store: this.#store,
      bugs: this.#bugs,
      odd: this.nodes[1],
    });
  }

  get leader(): NodeId | undefined {
    return this.#leader?.id;
  }

  node(id: NodeId): MemoryNode {
    const node = this.nodes.find((each) => each.id === id);
    assert(node !== undefined, `no node ${id}`);
    return node;
  }

  /** A member of a cluster that has a leader, which the node reaches. */
  isReady(id: NodeId): boolean {
    const node = this.node(id);
    const leader = this.#leader;
    return (
      node.state() === "running" &&
      leader !== undefined &&
      this.#canLead(leader) &&
      this.network.connects(node.id, leader.id)
    );
  }

  /** A client's request to a node. `respond` is called once at most: what is lost on the way is never answered. */
  request(to: NodeId, request: MemoryRequest, respond: Respond): void {
    const node = this.node(to);
    const answer: Respond = (result) => this.network.send(node.id, "clients", () => respond(result));
    this.network.send("clients", node.id, () => node.receive(() => this.#handle(node, request, answer)));
  }

  /** A client's watch at a node. The watcher hears nothing, not even that it is set, if the request is lost. */
  watch(to: NodeId, request: WatchRequest, watcher: Watcher): void {
    const node = this.node(to);
    this.network.send("clients", to, () => node.receive(() => this.#watchers.open(node, request, watcher)));
  }

  #handle(node: MemoryNode, request: MemoryRequest, respond: Respond): void {
    if (isRead(request) && (request.local || this.#bugs.has("stale-reads"))) {
      respond(this.#look(request, node.applied));
    } else if (node === this.#leader) {
      this.#commit(node, request, respond);
    } else if (this.#leader === undefined) {
      respond(new ClientError("no-leader", `${node.id} knows no leader`));
    } else {
      const leader = this.#leader;
      const back: Respond = (result) =>
        this.network.send(leader.id, node.id, () => node.receive(() => respond(result)));
      this.network.send(node.id, leader.id, () => leader.receive(() => this.#commit(leader, request, back)));
    }
  }

  /** Asks a majority, then does it; a leader that no longer is one, or that no majority hears, never answers. */
  #commit(leader: MemoryNode, request: MemoryRequest, respond: Respond): void {
    const other = this.nodes.find((node) => node !== leader && this.#hears(leader, node));
    const decide = () => {
      if (leader === this.#leader && this.#canLead(leader)) respond(this.#apply(leader, request));
    };
    if (this.nodes.length === 1) decide();
    else if (other === undefined) this.#replicate(leader);
    else {
      const acknowledge = () => this.network.send(other.id, leader.id, () => leader.receive(decide));
      this.network.send(leader.id, other.id, () => other.receive(acknowledge));
    }
  }

  #apply(leader: MemoryNode, request: MemoryRequest): MemoryAnswer | ClientError {
    if (isRead(request)) return this.#look(request, this.#revision);
    if (isChange(request)) return this.#change(leader, request);
    switch (request.type) {
      case "txn":
        return this.#commitAll(leader, request.changes);
      case "compact":
        return this.#store.compact(request.before, this.#revision) ?? { revision: this.#revision };
      case "move-leader":
        return this.#moveLeader(request.to);
      case "open-session": {
        const waitMs = this.#bugs.has("early-expiry") ? request.ttlMs / 4 : request.ttlMs;
        return { revision: this.#revision, value: this.#sessions.open(waitMs) };
      }
    }
    if (!this.#sessions.has(request.session)) return sessionGone(request.session);
    if (request.type === "renew-session") this.#sessions.renew(request.session);
    else this.#release(leader, this.#sessions.end(request.session));
    return { revision: this.#revision };
  }

  #change(leader: MemoryNode, request: ChangeRequest): MemoryAnswer | ClientError {
    const { key } = request;
    const current = this.#store.read(key, this.#revision);
    if (request.type === "cas" && current.value !== request.from)
      return new ClientError("mismatch", `${key} is ${current.value}`);
    if (request.type === "delete" && current.value === undefined) return { revision: this.#revision };
    const refusal = this.#refusal(request, current);
    if (refusal !== undefined) return refusal;
    const done = this.#make(leader, [{ key, value: valueAfter(request) }]);
    if (request.type === "create") this.#sessions.own(request.session, key, this.#revision);
    if (request.type === "delete" && this.#bugs.strikes("undone-deletes"))
      this.#makeLater(leader, [{ key, value: current.value }]);
    if (done instanceof ClientError || request.type !== "delete" || current.value === undefined) return done;
    return { ...done, value: current.value };
  }

  /** Why a session may not create the key, or may not remove it. */
  #refusal(request: ChangeRequest, { value, modRevision }: Found): ClientError | undefined {
    if (request.type !== "create" && request.type !== "remove") return undefined;
    const { type, key, session } = request;
    if (!this.#sessions.has(session)) return sessionGone(session);
    if (type === "remove")
      return this.#sessions.createdAt(session, key) === modRevision && value !== undefined
        ? undefined
        : new ClientError("not-found", `the session ${session} does not have ${key}`);
    if (value === undefined || this.#bugs.strikes("double-grants", 1 / 10)) return undefined;
    return new ClientError("exists", `${key} exists already`);
  }

  #commitAll(leader: MemoryNode, changes: readonly TxnChange[]): MemoryAnswer | ClientError {
    const made = changes
      .map((change) => ({ key: change.key, value: change.f === "write" ? change.value : undefined }))
      .filter(({ key, value }) => (value ?? this.#store.read(key, this.#revision).value) !== undefined);
    if (made.length === 0) return { revision: this.#revision };
    const done = this.#make(leader, this.#bugs.strikes("torn-transactions") ? made.slice(1) : made);
    return done instanceof ClientError ? done : { ...done, modRevision: done.revision };
  }

  /** Makes changes, all at the next revision. */
  #make(leader: MemoryNode, changes: readonly Entry[]): MemoryAnswer | ClientError {
    const isLost = this.#bugs.strikes("lost-writes");
    if (!this.#bugs.strikes("reused-revisions")) this.#revision++;
    if (!isLost) this.#append(leader, changes);
    if (this.#bugs.strikes("double-apply")) this.#makeLater(leader, changes);
    if (this.#bugs.strikes("false-failures"))
      return new ClientError("rejected", "the node refused the operation");
    return { revision: this.#revision };
  }

  #makeLater(leader: MemoryNode, changes: readonly Entry[]): void {
    this.clock.after(millis(secondApplyMs), () => {
      this.#revision++;
      this.#append(leader, changes);
    });
  }

  #moveLeader(to: string): MemoryAnswer | ClientError {
    const target = this.nodes.find(({ id }) => id === to);
    if (target === undefined || !this.#canLead(target))
      return new ClientError("rejected", `${to} cannot lead`);
    this.#lead(target);
    return { revision: this.#revision };
  }

  #expire(keys: OwnedKeys): boolean {
    const leader = this.#leader;
    if (leader === undefined || !this.#canLead(leader)) return false;
    this.#release(leader, keys);
    return true;
  }

  /** Deletes what a session created, unless somebody has changed it since. */
  #release(leader: MemoryNode, keys: OwnedKeys): void {
    if (keys.size > 0 && this.#bugs.strikes("leaked-keys", 1 / 10)) return;
    for (const [key, revision] of keys) {
      if (this.#store.read(key, this.#revision).modRevision !== revision) continue;
      this.#revision++;
      this.#append(leader, [{ key, value: undefined }]);
    }
  }

  /** At the current revision. */
  #append(leader: MemoryNode, changes: readonly Entry[]): void {
    for (const { key, value } of changes) this.#store.append(this.#revision, key, value);
    leader.advance(this.#revision);
    this.#replicate(leader);
  }

  /** Followers learn of everything that was committed when this was sent. */
  #replicate(leader: MemoryNode): void {
    const revision = this.#revision;
    for (const node of this.nodes) {
      if (node === leader) continue;
      this.network.send(leader.id, node.id, () => node.receive(() => node.advance(revision)));
    }
  }

  #look(request: ReadRequest, applied: Revision): MemoryAnswer | ClientError {
    if (request.type === "read") {
      const { key, at } = request;
      const isBroken = this.#bugs.has("current-compacted-reads");
      const isCurrent = at === undefined || (at < this.#store.compacted && isBroken);
      return isCurrent
        ? this.#bugs.garbled(this.#store.read(key, applied))
        : this.#store.readAt(key, at, applied);
    }
    const entries = [...this.#store.list(request.prefix, applied)];
    if (this.#bugs.strikes("partial-lists")) entries.pop();
    return { revision: applied, entries: new Map(entries) };
  }

  #hears(leader: MemoryNode, node: MemoryNode): boolean {
    return node.state() === "running" && this.network.connects(leader.id, node.id);
  }

  #canLead(node: MemoryNode): boolean {
    const followers = this.nodes.filter((each) => this.#hears(node, each));
    return node.state() === "running" && followers.length * 2 > this.nodes.length;
  }

  /** Something changed: unless the leader still leads when an election would be over, another one does. */
  #reconsider(): void {
    if (this.#electing || (this.#leader !== undefined && this.#canLead(this.#leader))) return;
    this.#electing = true;
    this.clock.after(this.#election, () => {
      this.#electing = false;
      if (this.#leader !== undefined && this.#canLead(this.#leader)) return;
      const candidates = this.nodes.filter((node) => this.#canLead(node));
      if (candidates.length === 0) this.#leader = undefined;
      else this.#lead(this.#random.pick(candidates));
    });
  }

  #lead(node: MemoryNode): void {
    this.#leader = node;
    node.advance(this.#revision);
  }
}

/** A key, and its value from now on; undefined: it is deleted. */
interface Entry {
  readonly key: string;
  readonly value: string | undefined;
}
