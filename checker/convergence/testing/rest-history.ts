import type { HarnessNews, NodeDigest, Phase } from "../../../core/harness-event.ts";
import type { ClientEvent, History, HistoryEvent } from "../../../core/history.ts";
import { type Json, nodeId } from "../../../core/op.ts";
import { seconds } from "../../../core/time.ts";

type More = Partial<ClientEvent>;

/** A run's history written down step by step, each at a time in seconds; operations take a millisecond. */
export class RestHistory {
  readonly #events: HistoryEvent[] = [];
  #processes = 100;

  get history(): History {
    return this.#events;
  }

  phase(at: number, phase: Phase): this {
    return this.#harness(at, { f: "phase", value: phase });
  }

  digest(at: number, digest: Omit<NodeDigest, "node" | "since"> & { node: string; since?: number }): this {
    return this.#harness(at, { f: "digest", value: { since: 0, ...digest, node: nodeId(digest.node) } });
  }

  /** Acknowledged. */
  write(at: number, value: Json, more: More = {}): this {
    return this.#operation(at, "write", "ok", { value }, { value }, more);
  }

  cas(at: number, from: Json, to: Json, more: More = {}): this {
    return this.#operation(at, "cas", "ok", { value: [from, to] }, { value: [from, to] }, more);
  }

  /** Acknowledged. */
  delete(at: number): this {
    return this.#operation(at, "delete", "ok", {}, { value: true }, {});
  }

  /** Nobody knows whether it took effect. */
  lostWrite(at: number, value: Json): this {
    return this.#operation(at, "write", "info", { value }, { value, error: "timeout" }, {});
  }

  /** A node's answer. */
  read(at: number, node: string, value: Json, more: More = {}): this {
    return this.#operation(at, "read", "ok", {}, { value }, { node: nodeId(node), ...more });
  }

  unanswered(at: number, node: string, more: More = {}): this {
    return this.#operation(at, "read", "info", {}, { error: "timeout" }, { node: nodeId(node), ...more });
  }

  /** `writes` at once: each is asked for before any is answered. */
  together(at: number, values: readonly Json[], type: "ok" | "info" = "ok"): this {
    const first = this.#processes;
    this.#processes += values.length;
    for (const step of ["invoke", type] as const) {
      for (const [i, value] of values.entries())
        this.#push(at, { type: step, process: first + i, f: "write", key: "r1", node: nodeId("n1"), value });
    }
    return this;
  }

  #operation(
    at: number,
    f: string,
    type: "ok" | "info",
    asked: More,
    answered: More,
    { revision, modRevision, ...more }: More,
  ): this {
    const head = { process: this.#processes++, f, key: "r1", node: nodeId("n1"), ...more };
    this.#push(at, { type: "invoke", ...head, ...asked });
    const places = {
      ...(revision !== undefined && { revision }),
      ...(modRevision !== undefined && { modRevision }),
    };
    return this.#push(at + 0.001, { type, ...head, ...answered, ...places });
  }

  #push(at: number, event: Omit<ClientEvent, "index" | "time">): this {
    this.#events.push({ index: this.#events.length, time: seconds(at), ...event });
    return this;
  }

  #harness(at: number, news: HarnessNews): this {
    const index = this.#events.length;
    this.#events.push({ index, time: seconds(at), type: "info", process: "nemesis", ...news });
    return this;
  }
}
