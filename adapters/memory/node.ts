import type { NodeId, Revision } from "../../core/op.ts";
import type { Endpoint } from "../adapter.ts";

/** A node of the in-memory system: a process that can be stopped and killed, and a copy of the data. */
export class MemoryNode {
  readonly id: NodeId;
  readonly endpoint: Endpoint;
  /** The revision up to which this node has applied every change; on disk, so a kill does not change it. */
  applied: Revision = 0;
  readonly #onChange: () => void;
  readonly #connections = new Set<() => void>();
  readonly #appliers = new Set<() => void>();
  #state: "running" | "paused" | "killed" | "exited" = "killed";
  /** Messages that came while the process was stopped: they are read when it goes on. */
  #unread: (() => void)[] = [];

  constructor(id: NodeId, index: number, onChange: () => void) {
    this.id = id;
    this.endpoint = { node: id, host: "memory", port: index };
    this.#onChange = onChange;
  }

  state(): "running" | "paused" | "killed" | "exited" {
    return this.#state;
  }

  /** Applies everything up to a revision. */
  advance(revision: Revision): void {
    if (revision <= this.applied) return;
    this.applied = revision;
    for (const applier of [...this.#appliers]) applier();
  }

  /** Calls `applier` whenever the node has applied more. Returns how to stop that. */
  onApplied(applier: () => void): () => void {
    this.#appliers.add(applier);
    return () => this.#appliers.delete(applier);
  }

  /** Something arrives: handled now, when the process goes on, or never. */
  receive(handle: () => void): void {
    if (this.#state === "running") handle();
    else if (this.#state === "paused") this.#unread.push(handle);
  }

  /** `lost` is called when the process ends. Returns how to hang up. */
  connected(lost: () => void): () => void {
    this.#connections.add(lost);
    return () => this.#connections.delete(lost);
  }

  async start(): Promise<void> {
    this.#become("running");
  }

  async kill(): Promise<string> {
    this.#end("killed");
    return `${this.id} is gone`;
  }

  /** The process ends by itself. */
  crash(): void {
    this.#end("exited");
  }

  async pause(): Promise<string> {
    this.#become("paused");
    return `${this.id} is stopped`;
  }

  async resume(): Promise<void> {
    this.#become("running");
    for (const handle of this.#unread.splice(0)) this.receive(handle);
  }

  async usage() {
    return { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0 };
  }

  async logTail(): Promise<string> {
    return `${this.id}: applied up to revision ${this.applied}`;
  }

  #end(state: "killed" | "exited"): void {
    this.#unread = [];
    this.#become(state);
    for (const lost of [...this.#connections]) lost();
    this.#connections.clear();
  }

  #become(state: "running" | "paused" | "killed" | "exited"): void {
    this.#state = state;
    this.#onChange();
  }
}
