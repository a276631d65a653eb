import { assert } from "../../../core/assert.ts";
import { createRandom } from "../../../core/random.ts";
import { type RaftConfig, RaftNode } from "../node.ts";
import type { Persisted } from "../storage.ts";
import {
  type Entry,
  type Input,
  logIndex,
  type Membership,
  type Message,
  memberId,
  type Ready,
  type Status,
  term,
} from "../types.ts";

export const text = (data: Uint8Array): string => new TextDecoder().decode(data);
export const command = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A log whose entries have these terms, from index 1 on. */
export const logOf = (terms: readonly number[]): Entry[] =>
  terms.map((t, i) => ({
    term: term(t),
    index: logIndex(i + 1),
    type: "command",
    data: command(`${t}.${i + 1}`),
  }));

export interface Stored {
  /** Terms of the entries in the log. */
  readonly log?: readonly number[];
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
}

export const persistedOf = (bootstrap: Membership, stored: Stored = {}): Persisted => ({
  hardState: {
    term: term(stored.term ?? stored.log?.at(-1) ?? 0),
    vote: stored.vote === undefined ? undefined : memberId(stored.vote),
    commit: logIndex(stored.commit ?? 0),
  },
  snapshot: undefined,
  entries: logOf(stored.log ?? []),
  bootstrap,
  applied: logIndex(0),
});

export const votersOf = (...ids: readonly number[]): Membership => ({
  voters: ids.map(memberId),
  learners: [],
});

export function nodeOf(id: number, persisted: Persisted, options: Partial<RaftConfig> = {}): RaftNode {
  return new RaftNode({
    id: memberId(id),
    persisted,
    random: createRandom(id),
    electionTicks: 10,
    heartbeatTicks: 2,
    maxEntriesPerAppend: 100,
    maxBytesPerAppend: 1_000_000,
    maxInflight: 16,
    retainedEntries: 0,
    mutants: new Set(),
    ...options,
  });
}

interface Member {
  node: RaftNode;
  disk: Persisted;
  readonly applied: Entry[];
  readonly readies: Ready[];
}

/**
 * Members whose disks and links take no time, for scenarios step by step: nothing happens but what the test asks
 * for. Time stands still unless `tick` is called.
 */
export class TestCluster {
  readonly #members = new Map<number, Member>();
  readonly #options: Partial<RaftConfig>;
  readonly #bootstrap: Membership;
  /** Says which messages are lost. */
  lost: (message: Message) => boolean = () => false;
  readonly sent: Message[] = [];

  constructor(
    ids: readonly number[],
    stored: Record<number, Stored> = {},
    options: Partial<RaftConfig> = {},
  ) {
    this.#options = options;
    this.#bootstrap = votersOf(...ids);
    for (const id of ids) this.add(id, stored[id]);
  }

  /** Starts a process that the others may not know. */
  add(id: number, stored: Stored = {}): void {
    const disk = persistedOf(this.#bootstrap, stored);
    const node = nodeOf(id, disk, this.#options);
    this.#members.set(id, { node, disk, applied: [], readies: [] });
    this.run();
  }

  /** The process starts again from its disk. */
  restart(id: number): void {
    const member = this.#member(id);
    // Not the same stream again: a process must not repeat what it drew before it crashed.
    const random = createRandom(id).fork(`restart-${member.readies.length}`);
    member.node = nodeOf(id, member.disk, { ...this.#options, random });
    member.applied.length = 0;
    this.run();
  }

  status(id: number): Status {
    return this.#member(id).node.status();
  }

  /** Terms of the entries on its disk. */
  log(id: number): number[] {
    return this.#member(id).disk.entries.map((entry) => entry.term);
  }

  disk(id: number): Persisted {
    return this.#member(id).disk;
  }

  applied(id: number): string[] {
    return this.#member(id)
      .applied.filter((entry) => entry.type === "command")
      .map((entry) => text(entry.data));
  }

  /** Everything that its Readies held under `name`, in order. */
  output<K extends "reads" | "refusedReads" | "dropped" | "refusedChanges">(
    id: number,
    name: K,
  ): Ready[K][number][] {
    return this.#member(id).readies.flatMap((ready): Ready[K][number][] => [...ready[name]]);
  }

  step(id: number, ...inputs: readonly Input[]): void {
    for (const input of inputs) this.#member(id).node.step(input);
    this.run();
  }

  propose(id: number, ...values: readonly string[]): void {
    this.step(id, { type: "propose", commands: values.map(command) });
  }

  tick(id: number, count = 1): void {
    for (; count > 0; count--) this.step(id, { type: "tick" });
  }

  tickAll(count = 1): void {
    for (; count > 0; count--) for (const id of this.#members.keys()) this.tick(id);
  }

  /** The leader has given up on every answer that never came, and sent again. */
  catchUp(leader: number): void {
    this.tick(leader, 14);
  }

  /** Ticks `id` until it has asked for votes, whatever comes of it. */
  campaign(id: number): void {
    const before = this.sent.length;
    const asks = (message: Message) =>
      message.from === id && (message.type === "vote" || message.type === "pre-vote");
    for (let left = 100; left > 0 && !this.sent.slice(before).some(asks); left--) this.tick(id);
  }

  /** Makes `id` the leader; the others must not hear one. */
  elect(id: number): void {
    for (let left = 100; left > 0 && this.status(id).role !== "leader"; left--) this.tick(id);
    assert(this.status(id).role === "leader", `member ${id} does not become leader`);
  }

  /** Cuts `ids` off from everyone else; what they say to each other arrives. */
  isolate(...ids: readonly number[]): void {
    this.lost = ({ from, to }) => ids.includes(from) !== ids.includes(to);
  }

  heal(): void {
    this.lost = () => false;
  }

  /** Runs until no member has anything to do. */
  run(): void {
    for (let busy = true, rounds = 0; busy; rounds++) {
      assert(rounds < 10_000, "the members never come to rest");
      busy = false;
      for (const member of this.#members.values()) {
        const ready = member.node.ready();
        if (ready === undefined) continue;
        busy = true;
        this.#handle(member, ready);
      }
    }
  }

  #handle(member: Member, ready: Ready): void {
    member.readies.push(ready);
    member.disk = written(member.disk, ready);
    const last = ready.entries.at(-1) ?? ready.snapshot;
    member.node.step({ type: "persisted", index: last?.index ?? logIndex(0), term: last?.term ?? term(0) });
    member.applied.push(...ready.committed);
    for (const message of [...ready.immediate, ...ready.messages]) {
      this.sent.push(message);
      if (!this.lost(message)) this.#members.get(message.to)?.node.step({ type: "receive", message });
    }
  }

  #member(id: number): Member {
    const member = this.#members.get(id);
    assert(member !== undefined, `no member ${id}`);
    return member;
  }
}

function written(disk: Persisted, { hardState, snapshot, entries }: Ready): Persisted {
  const kept = snapshot ? [] : disk.entries.filter((entry) => entry.index < (entries[0]?.index ?? Infinity));
  return {
    bootstrap: disk.bootstrap,
    hardState: hardState ?? disk.hardState,
    snapshot: snapshot ?? disk.snapshot,
    entries: [...kept, ...entries],
    applied: snapshot?.index ?? disk.applied,
  };
}

/** Takes the Ready, as a driver whose disk is done at once. */
export function settle(node: RaftNode): Ready | undefined {
  const ready = node.ready();
  const last = ready?.entries.at(-1) ?? ready?.snapshot;
  if (ready) node.step({ type: "persisted", index: last?.index ?? logIndex(0), term: last?.term ?? term(0) });
  return ready;
}

/** All messages of a Ready, in the order in which they may leave. */
export const messagesOf = (ready: Ready | undefined): Message[] => [
  ...(ready?.immediate ?? []),
  ...(ready?.messages ?? []),
];
