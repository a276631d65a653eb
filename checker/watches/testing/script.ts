import type { FaultChange } from "../../../core/harness-event.ts";
import type { ClientEvent, History, HistoryEvent, NoticeEvent } from "../../../core/history.ts";
import { type Json, nodeId } from "../../../core/op.ts";
import { seconds } from "../../../core/time.ts";

interface Timed {
  readonly at: number;
  /** For a notice: the name of its watch. */
  readonly watch?: string;
  readonly opens?: string;
  readonly event: (index: number, of: number) => HistoryEvent;
}

interface WatchDetails {
  readonly node?: string;
  readonly kind?: string;
  readonly key?: string;
  readonly prefix?: string;
  readonly from?: number;
  /** The revision of its confirmation. */
  readonly revision?: number;
}

/** A history of watches, written down in any order; times are seconds. */
export class WatchScript {
  readonly #events: Timed[] = [];
  readonly #watches = new Map<string, { process: number; node: string }>();
  #processes = 100;
  #faults = 0;

  get history(): History {
    const places = new Map<string, number>();
    return this.#events
      .toSorted((a, b) => a.at - b.at)
      .map(({ watch, opens, event }, index) => {
        if (opens !== undefined) places.set(opens, index);
        return event(index, places.get(watch ?? "") ?? -1);
      });
  }

  /** A write of `value` to `key` (null: a delete), answered a millisecond later, at a revision if one is given. */
  write(at: number, key: string, value: Json, revision?: number): this {
    const f = value === null ? "delete" : "write";
    const answer = { value: value === null ? true : value, ...(revision !== undefined && { revision }) };
    return this.call(at, { f, key, ...(value !== null && { value }) }, answer);
  }

  /** An operation by a process of its own; without an answer its outcome is unknown. */
  call(
    at: number,
    call: Pick<ClientEvent, "f" | "key" | "value">,
    answer?: Partial<ClientEvent>,
    process?: number,
  ): this {
    const head = { process: process ?? this.#processes++, node: nodeId("n1"), f: call.f };
    const key = call.key !== undefined && { key: call.key };
    const value = call.value !== undefined && { value: call.value };
    this.#add(at, (index) => ({ ...head, ...key, ...value, index, time: seconds(at), type: "invoke" }));
    if (answer !== undefined)
      this.#add(at + 0.001, (index) => ({
        ...head,
        ...key,
        index,
        time: seconds(at + 0.001),
        type: "ok",
        ...answer,
      }));
    return this;
  }

  /** A watch that is confirmed a millisecond later. */
  watch(at: number, name: string, details: WatchDetails = {}): this {
    const { node = "n2", kind = "stream", key, prefix, from, revision } = details;
    const process = this.#processes++;
    this.#watches.set(name, { process, node });
    const head = { process, node: nodeId(node), f: "watch", ...(key !== undefined && { key }) };
    const value = { kind, ...(prefix !== undefined && { prefix }), ...(from !== undefined && { from }) };
    this.#events.push({
      at,
      opens: name,
      event: (index) => ({ ...head, index, time: seconds(at), type: "invoke", value }),
    });
    const place = revision !== undefined && { revision };
    return this.#add(at + 0.001, (index) => ({
      ...head,
      ...place,
      index,
      time: seconds(at + 0.001),
      type: "ok",
    }));
  }

  /** Something that a watch receives. */
  notice(at: number, watch: string, news: Partial<NoticeEvent> & { readonly f: string }): this {
    const { process = 0, node = "n2" } = this.#watches.get(watch) ?? {};
    this.#events.push({
      at,
      watch,
      event: (index, of) => ({
        ...news,
        index,
        time: seconds(at),
        type: "notice",
        process,
        node: nodeId(node),
        of,
      }),
    });
    return this;
  }

  /** The process of a watch asks something else. */
  ask(at: number, watch: string, call: Pick<ClientEvent, "f" | "key">, answer: Partial<ClientEvent>): this {
    return this.call(at, call, answer, this.#watches.get(watch)?.process);
  }

  fault(from: number, to: number): this {
    const id = ++this.#faults;
    const change = (state: FaultChange["state"]): FaultChange => ({
      state,
      id,
      summary: "kill n2",
      nodes: [nodeId("n2")],
    });
    const head = { type: "info", process: "nemesis", f: "fault", name: "kill" } as const;
    this.#add(from, (index) => ({ ...head, index, time: seconds(from), value: change("begin") }));
    return this.#add(to, (index) => ({ ...head, index, time: seconds(to), value: change("end") }));
  }

  /** Clients are stopped. */
  ending(at: number): this {
    const head = { type: "info", process: "nemesis", f: "phase", value: "ending" } as const;
    return this.#add(at, (index) => ({ ...head, index, time: seconds(at) }));
  }

  /** The final phase begins: watches are over. */
  final(at: number): this {
    const head = { type: "info", process: "nemesis", f: "phase", value: "final" } as const;
    return this.#add(at, (index) => ({ ...head, index, time: seconds(at) }));
  }

  /** The history lasts until then. */
  until(at: number): this {
    return this.call(at, { f: "read", key: "z" });
  }

  #add(at: number, event: (index: number) => HistoryEvent): this {
    this.#events.push({ at, event });
    return this;
  }
}
