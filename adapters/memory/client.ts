import { ClientError } from "../../core/errors.ts";
import type { NodeId, Revision } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import { type Ask, abortedError, onAbort } from "../client/ask.ts";
import type { ClientWith } from "../client/client.ts";
import type { Deletion } from "../client/delete.ts";
import type { KeptHistory } from "../client/history.ts";
import { KeptSessions, type Lease } from "../client/kept-sessions.ts";
import type { KeyValue, ReadResult } from "../client/kv.ts";
import type { Prefix, Versioned } from "../client/prefix.ts";
import type { Txn } from "../client/txn.ts";
import type { MemoryAnswer, MemoryRequest } from "./requests.ts";
import type { MemorySystem } from "./system.ts";
import { MemoryWatches } from "./watch/client.ts";

export const offered = ["kv", "delete", "prefix", "session", "txn", "watch", "history"] as const;

/** A connection to one node of the in-memory system. */
export class MemoryClient implements ClientWith<(typeof offered)[number]> {
  readonly #system: MemorySystem;
  readonly #node: NodeId;
  readonly #timeoutMs: number;
  readonly #pending = new Set<(error: ClientError) => void>();
  readonly session: KeptSessions;
  readonly watch: MemoryWatches;
  readonly #hangUp: () => void;
  #open = true;

  constructor(system: MemorySystem, node: NodeId, timeoutMs: number) {
    this.#system = system;
    this.#node = node;
    this.#timeoutMs = timeoutMs;
    this.session = new KeptSessions(system.clock, (ttlMs, ask) => this.#beginSession(ttlMs, ask));
    this.watch = new MemoryWatches(system, node, timeoutMs);
    this.#hangUp = system.node(node).connected(() => {
      this.#lost("the node is gone");
      this.watch.lost();
    });
  }

  readonly kv: KeyValue = {
    read: async (key, mode, ask): Promise<ReadResult> =>
      this.ask({ type: "read", key, local: isLocal(mode) }, ask),
    write: (key, value, ask) => this.#change({ type: "write", key, value }, ask),
    cas: (key, from, to, ask) => this.#change({ type: "cas", key, from, to }, ask),
  };

  readonly prefix: Prefix = {
    list: async (prefix, mode, ask): Promise<ReadonlyMap<string, Versioned>> =>
      (await this.ask({ type: "list", prefix, local: isLocal(mode) }, ask)).entries ?? new Map(),
  };

  readonly txn: Txn = {
    commit: async (changes, ask) => {
      const { revision, modRevision } = await this.ask({ type: "txn", changes }, ask);
      return modRevision === undefined ? undefined : revision;
    },
  };

  readonly history: KeptHistory = {
    compact: async (before, ask) => void (await this.ask({ type: "compact", before }, ask)),
    readAt: async (key, at, ask): Promise<ReadResult> =>
      this.ask({ type: "read", key, local: false, at }, ask),
  };

  async delete(key: string, ask?: Ask): Promise<Deletion> {
    const { value, revision } = await this.ask({ type: "delete", key }, ask);
    return value === undefined ? { existed: false } : { existed: true, revision };
  }

  async close(): Promise<void> {
    if (this.#open) await this.session.close();
    this.abandon();
  }

  abandon(): void {
    this.session.abandon();
    this.watch.close();
    this.#hangUp();
    this.#lost("closed");
  }

  async #beginSession(ttlMs: number, ask: Ask | undefined): Promise<Lease> {
    const { value: session = "" } = await this.ask({ type: "open-session", ttlMs }, ask);
    return {
      id: session,
      ttlMs,
      renew: async (asked) => void (await this.ask({ type: "renew-session", session }, asked)),
      create: (key, value, asked) => this.#change({ type: "create", key, value, session }, asked),
      remove: async (key, asked) => void (await this.ask({ type: "remove", key, session }, asked)),
      end: async (asked) => void (await this.ask({ type: "end-session", session }, asked)),
    };
  }

  async #change(request: MemoryRequest, ask: Ask | undefined): Promise<Revision> {
    return (await this.ask(request, ask)).revision;
  }

  /** Asks the node; also for an operator. */
  ask(request: MemoryRequest, ask: Ask = {}): Promise<MemoryAnswer> {
    if (!this.#open) return Promise.reject(new ClientError("not-connected", "the connection is gone"));
    const { timeoutMs = this.#timeoutMs, signal } = ask;
    const { clock } = this.#system;
    if (signal?.aborted) return Promise.reject(abortedError(false));
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#pending.delete(fail);
        cancel();
        stopListening();
      };
      const fail = (error: ClientError) => {
        done();
        reject(error);
      };
      const cancel = clock.after(millis(timeoutMs), () =>
        fail(new ClientError("timeout", `no answer within ${timeoutMs} ms`)),
      );
      const stopListening = onAbort(signal, () => fail(abortedError(true)));
      this.#pending.add(fail);
      this.#system.request(this.#node, request, (answer) => {
        if (!this.#pending.has(fail)) return;
        if (answer instanceof ClientError) {
          fail(answer);
          return;
        }
        done();
        resolve(answer);
      });
    });
  }

  #lost(why: string): void {
    this.#open = false;
    for (const fail of [...this.#pending]) fail(new ClientError("connection-lost", why));
  }
}

function isLocal(mode: string): boolean {
  if (mode === "local") return true;
  if (mode === "linearizable") return false;
  throw new ClientError("unsupported", `no read mode ${mode}: linearizable or local`);
}
