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
import type { Versioned } from "../client/prefix.ts";
import { inOrderOfKeys } from "../key-names.ts";
import { type LatencyMs, MemoryNetwork } from "./network.ts";
import { MemoryNode } from "./node.ts";
import { MemorySessions, type OwnedKeys } from "./sessions.ts";

/**
 * - `stale-reads`: a node answers reads from its own copy.
 * - `lost-writes`: one acknowledged change in fifty is forgotten, and its revision with it.
 * - `reused-revisions`: one change in fifty gets the revision of the one before it.
 * - `double-apply`: one change in fifty happens once more, a little later.
 * - `false-failures`: one change in fifty happens, and is answered as refused.
 * - `partial-lists`: one list in fifty lacks its last key.
 * - `undone-deletes`: one deleted key in fifty is back a little later.
 * - `early-expiry`: a session ends after a quarter of its time, while its client still counts on it.
 */
export type MemoryBug =
  | "stale-reads"
  | "lost-writes"
  | "reused-revisions"
  | "double-apply"
  | "false-failures"
  | "partial-lists"
  | "undone-deletes"
  | "early-expiry";

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

export type MemoryRequest =
  | { readonly type: "read"; readonly key: string; readonly local: boolean }
  | { readonly type: "write"; readonly key: string; readonly value: string }
  | { readonly type: "cas"; readonly key: string; readonly from: string; readonly to: string }
  | { readonly type: "delete"; readonly key: string }
  | { readonly type: "list"; readonly prefix: string; readonly local: boolean }
  | { readonly type: "create"; readonly key: string; readonly value: string; readonly session: string }
  | { readonly type: "open-session"; readonly ttlMs: number }
  | { readonly type: "renew-session"; readonly session: string }
  | { readonly type: "end-session"; readonly session: string };

export interface MemoryAnswer {
  /** The value that was read; that which a delete removed; the id of a session that was opened. */
  readonly value?: string;
  readonly revision: Revision;
  readonly modRevision?: Revision;
  /** Entries that a list found, in the order of keys. */
  readonly entries?: ReadonlyMap<string, Versioned>;
}

/** One version of a key: its value, and when it was set; without a value the key was deleted. */
interface Version {
  readonly revision: Revision;
  readonly value: string | undefined;
}

type Respond = (answer: MemoryAnswer | ClientError) => void;

const bugChance = 1 / 50;
const secondApplyMs = 150;

export class MemorySystem {
  readonly clock: Clock;
  readonly nodes: readonly MemoryNode[];
  readonly network: MemoryNetwork;
  readonly #random: Random;
  readonly #election: Nanos;
  readonly #bugs: ReadonlySet<MemoryBug>;
  readonly #sessions: MemorySessions;
  /** Versions of each key, oldest first. */
  readonly #versions = new Map<string, Version[]>();
  /** Changes are numbered from 1 in the order in which they were committed. */
  #revision: Revision = 0;
  #leader: MemoryNode | undefined;
  #electing = false;

  constructor(options: MemoryOptions) {
    this.clock = options.clock;
    this.#random = options.random.fork("bugs");
    this.#election = millis(options.electionMs);
    this.#bugs = new Set(options.bugs);
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
    if (request.type === "open-session") {
      const waitMs = this.#bugs.has("early-expiry") ? request.ttlMs / 4 : request.ttlMs;
      return { revision: this.#revision, value: this.#sessions.open(waitMs) };
    }
    if (!this.#sessions.has(request.session)) return sessionGone(request.session);
    if (request.type === "renew-session") this.#sessions.renew(request.session);
    else this.#release(leader, this.#sessions.end(request.session));
    return { revision: this.#revision };
  }

  #change(leader: MemoryNode, request: ChangeRequest): MemoryAnswer | ClientError {
    const { key } = request;
    const current = this.#read(key, this.#revision);
    if (request.type === "cas" && current.value !== request.from)
      return new ClientError("mismatch", `${key} is ${current.value}`);
    if (request.type === "delete" && current.value === undefined) return { revision: this.#revision };
    if (request.type === "create" && !this.#sessions.has(request.session))
      return sessionGone(request.session);
    if (request.type === "create" && current.value !== undefined)
      return new ClientError("exists", `${key} exists already`);
    const value = valueAfter(request);
    const isLost = this.#strikes("lost-writes");
    if (!this.#strikes("reused-revisions")) this.#revision++;
    if (!isLost) this.#append(leader, key, value);
    if (request.type === "create") this.#sessions.own(request.session, key, this.#revision);
    if (this.#strikes("double-apply"))
      this.clock.after(millis(secondApplyMs), () => {
        this.#revision++;
        this.#append(leader, key, value);
      });
    if (request.type === "delete" && this.#strikes("undone-deletes"))
      this.clock.after(millis(secondApplyMs), () => {
        this.#revision++;
        this.#append(leader, key, current.value);
      });
    if (this.#strikes("false-failures")) return new ClientError("rejected", "the node refused the operation");
    return {
      revision: this.#revision,
      ...(request.type === "delete" && current.value !== undefined && { value: current.value }),
    };
  }

  #expire(keys: OwnedKeys): boolean {
    const leader = this.#leader;
    if (leader === undefined || !this.#canLead(leader)) return false;
    this.#release(leader, keys);
    return true;
  }

  /** Deletes what a session created, unless somebody has changed it since. */
  #release(leader: MemoryNode, keys: OwnedKeys): void {
    for (const [key, revision] of keys) {
      if (this.#read(key, this.#revision).modRevision !== revision) continue;
      this.#revision++;
      this.#append(leader, key, undefined);
    }
  }

  /** At the current revision. */
  #append(leader: MemoryNode, key: string, value: string | undefined): void {
    const versions = this.#versions.get(key) ?? [];
    this.#versions.set(key, versions);
    leader.applied = this.#revision;
    versions.push({ revision: this.#revision, value });
    this.#replicate(leader);
  }

  /** Followers learn of everything that was committed when this was sent. */
  #replicate(leader: MemoryNode): void {
    const revision = this.#revision;
    for (const node of this.nodes) {
      if (node === leader) continue;
      this.network.send(leader.id, node.id, () =>
        node.receive(() => {
          node.applied = Math.max(node.applied, revision);
        }),
      );
    }
  }

  #look(request: ReadRequest, applied: number): MemoryAnswer {
    return request.type === "read" ? this.#read(request.key, applied) : this.#list(request.prefix, applied);
  }

  #read(key: string, applied: number): MemoryAnswer {
    const version = this.#versions.get(key)?.findLast(({ revision }) => revision <= applied);
    if (version?.value === undefined) return { revision: applied };
    return { value: version.value, revision: applied, modRevision: version.revision };
  }

  #list(prefix: string, applied: number): MemoryAnswer {
    const found: [string, Versioned][] = [];
    for (const key of this.#versions.keys()) {
      const { value, modRevision } = this.#read(key, applied);
      if (!key.startsWith(prefix) || value === undefined || modRevision === undefined) continue;
      found.push([key, { value, revision: modRevision }]);
    }
    if (this.#strikes("partial-lists")) found.pop();
    return { revision: applied, entries: inOrderOfKeys(found) };
  }

  #strikes(bug: MemoryBug): boolean {
    return this.#bugs.has(bug) && this.#random.chance(bugChance);
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
      this.#leader = candidates.length === 0 ? undefined : this.#random.pick(candidates);
      if (this.#leader !== undefined) this.#leader.applied = this.#revision;
    });
  }
}

type ReadRequest = Extract<MemoryRequest, { readonly local: boolean }>;
type ChangeRequest = Exclude<Extract<MemoryRequest, { readonly key: string }>, ReadRequest>;

const isRead = (request: MemoryRequest): request is ReadRequest => "local" in request;
const isChange = (request: MemoryRequest): request is ChangeRequest => "key" in request && !isRead(request);

/** Value of the key afterwards; undefined if it is deleted. */
function valueAfter(request: ChangeRequest): string | undefined {
  if (request.type === "delete") return undefined;
  return request.type === "cas" ? request.to : request.value;
}

const sessionGone = (id: string): ClientError =>
  new ClientError("session-expired", `the session ${id} is gone`);
