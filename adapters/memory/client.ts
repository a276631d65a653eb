import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import type { NodeId, Revision } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import type { Client, ReadResult, Versioned } from "../adapter.ts";
import type { MemoryAnswer, MemoryRequest, MemorySystem } from "./system.ts";

/** A connection to one node of the in-memory system. */
export class MemoryClient implements Client {
  readonly #system: MemorySystem;
  readonly #clock: Clock;
  readonly #node: NodeId;
  readonly #timeoutMs: number;
  readonly #pending = new Set<(error: ClientError) => void>();
  readonly #hangUp: () => void;
  #open = true;

  constructor(system: MemorySystem, node: NodeId, timeoutMs: number) {
    this.#system = system;
    this.#clock = system.clock;
    this.#node = node;
    this.#timeoutMs = timeoutMs;
    this.#hangUp = system.node(node).connected(() => this.#lost("the node is gone"));
  }

  async read(key: string, mode: string): Promise<ReadResult> {
    return this.#ask({ type: "read", key, local: mode === "local" });
  }

  async write(key: string, value: string): Promise<Revision> {
    return (await this.#ask({ type: "write", key, value })).revision;
  }

  async cas(key: string, from: string, to: string): Promise<Revision> {
    return (await this.#ask({ type: "cas", key, from, to })).revision;
  }

  async list(prefix: string, mode: string): Promise<ReadonlyMap<string, Versioned>> {
    return (await this.#ask({ type: "list", prefix, local: mode === "local" })).found ?? new Map();
  }

  async close(): Promise<void> {
    this.#hangUp();
    this.#lost("closed");
  }

  #ask(request: MemoryRequest): Promise<MemoryAnswer> {
    if (!this.#open) return Promise.reject(new ClientError("not-connected", "the connection is gone"));
    return new Promise((resolve, reject) => {
      const fail = (error: ClientError) => {
        this.#pending.delete(fail);
        cancel();
        reject(error);
      };
      const cancel = this.#clock.after(millis(this.#timeoutMs), () =>
        fail(new ClientError("timeout", `no answer within ${this.#timeoutMs} ms`)),
      );
      this.#pending.add(fail);
      this.#system.request(this.#node, request, (answer) => {
        if (!this.#pending.has(fail)) return;
        if (answer instanceof ClientError) {
          fail(answer);
          return;
        }
        this.#pending.delete(fail);
        cancel();
        resolve(answer);
      });
    });
  }

  #lost(why: string): void {
    this.#open = false;
    for (const fail of [...this.#pending]) fail(new ClientError("connection-lost", why));
  }
}
