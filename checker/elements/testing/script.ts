import type { Phase } from "../../../core/harness-event.ts";
import type { ClientEvent, History, HistoryEvent } from "../../../core/history.ts";
import { type Json, nodeId } from "../../../core/op.ts";
import { seconds } from "../../../core/time.ts";

/** When an operation was asked and answered, by which process, where, and how it ended. Each has its own process by default. */
interface Details {
  readonly process?: number;
  readonly node?: string;
  /** Seconds from the invocation to the answer. */
  readonly took?: number;
  readonly type?: "ok" | "fail" | "info";
  readonly mode?: string;
  readonly set?: string;
}

type Timed = { readonly at: number; readonly event: (index: number) => HistoryEvent };

/** The history of the set `s3`, written down operation by operation in any order; times are seconds. */
export class SetScript {
  readonly #events: Timed[] = [];
  #processes = 100;

  get history(): History {
    return this.#events.toSorted((a, b) => a.at - b.at).map(({ event }, index) => event(index));
  }

  add(at: number, value: Json, details: Details = {}): this {
    return this.#operation(at, "add", { value }, value, details);
  }

  remove(at: number, value: Json, details: Details & { found?: boolean } = {}): this {
    return this.#operation(at, "remove", { value }, details.found ?? true, details);
  }

  list(at: number, node: string, elements: readonly Json[], details: Details = {}): this {
    return this.#operation(at, "list", {}, elements, { node, ...details });
  }

  phase(at: number, value: Phase): this {
    return this.#push(at, (index) => ({
      index,
      time: seconds(at),
      type: "info",
      process: "nemesis",
      f: "phase",
      value,
    }));
  }

  #operation(at: number, f: string, asked: { value?: Json }, answer: Json, details: Details): this {
    const { process = this.#processes++, node = "n1", took = 0.1, type = "ok", mode, set = "s3" } = details;
    const head = { process, f, key: set, node: nodeId(node), ...(mode !== undefined && { mode }) };
    const end: Partial<ClientEvent> = type === "ok" ? { value: answer } : { ...asked, error: "timeout" };
    this.#push(at, (index) => ({ index, time: seconds(at), type: "invoke", ...head, ...asked }));
    return this.#push(at + took, (index) => ({ index, time: seconds(at + took), type, ...head, ...end }));
  }

  #push(at: number, event: Timed["event"]): this {
    this.#events.push({ at, event });
    return this;
  }
}
