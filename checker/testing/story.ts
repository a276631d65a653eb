import type { FaultChange } from "../../core/harness-event.ts";
import type { ClientEvent, History, HistoryEvent } from "../../core/history.ts";
import { type Json, nodeId } from "../../core/op.ts";
import { seconds } from "../../core/time.ts";

/** A history from what happened at each second of the run, in any order. */
export class Story {
  readonly #events: { at: number; event: Omit<HistoryEvent, "index" | "time"> & { since?: number } }[] = [];
  #processes = 0;

  /** `about`: what is not as usual of a call of its own process for key `k`. */
  asks(
    at: number,
    until: number,
    node: string,
    f: string,
    value: Json,
    answer: Json | Partial<ClientEvent> = value,
    about: { readonly key?: string; readonly process?: number } = {},
  ): this {
    const call = { process: this.#processes++, f, key: "k", node: nodeId(node), ...about };
    const argument = f === "read" ? {} : { value };
    const answered = isPlain(answer) ? { type: "ok", value: answer } : { type: "ok", ...(answer as object) };
    this.#events.push({ at, event: { ...call, ...argument, type: "invoke" } as never });
    this.#events.push({ at: until, event: { ...call, ...answered } as never });
    return this;
  }

  writes(at: number, value: Json, node = "n1"): this {
    return this.asks(at, at + 0.001, node, "write", value);
  }

  reads(at: number, until: number, node: string, value: Json): this {
    return this.asks(at, until, node, "read", null, value);
  }

  /** A keep-alive of what is called `key` is acknowledged, which had left `agoMs` before. */
  renewed(at: number, key: string, agoMs: number): this {
    const notice = { type: "notice", process: 99, f: "renewed", of: 0, key, value: agoMs };
    this.#events.push({ at, event: notice as never });
    return this;
  }

  leads(at: number, node: string | null, since?: number): this {
    const moment = since === undefined ? {} : { since: seconds(since) };
    return this.#harness(at, { f: "leader", value: node, ...moment });
  }

  fault(f: string, from: number, to: number, change: Partial<Record<keyof FaultChange, Json>>): this {
    const about = { id: 1, summary: f, nodes: ["n2"], ...change };
    const step = (state: FaultChange["state"]) => ({ f: "fault", name: f, value: { state, ...about } });
    return this.#harness(from, step("begin")).#harness(to, step("end"));
  }

  history(): History {
    return this.#events
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, event }, index) => ({ ...event, index, time: seconds(at) }) as unknown as HistoryEvent);
  }

  #harness(at: number, news: object): this {
    this.#events.push({ at, event: { type: "info", process: "nemesis", ...news } as never });
    return this;
  }
}

const isPlain = (answer: Json | Partial<ClientEvent>): answer is Json =>
  answer === null || typeof answer !== "object" || Array.isArray(answer);
