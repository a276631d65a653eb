import { UsageError } from "../errors.ts";
import type { HarnessEvent } from "../harness-event.ts";
import {
  type ClientEvent,
  type History,
  type HistoryEvent,
  isHarnessEvent,
  isNotice,
  type NoticeEvent,
  subscriptionOf,
} from "../history.ts";
import { deepest, isTooDeep, parseExactJson } from "./exact-json.ts";
import { type HarnessMembers, readHarnessNews } from "./harness-codec.ts";
import { odd } from "./rows/event-rows.ts";
import { EventScanner } from "./rows/event-scanner.ts";

/** One event as a line of `history.jsonl`, without the line's end. */
export const encodeEvent = (event: HistoryEvent): string => JSON.stringify(event);

/**
 * Decodes a `history.jsonl` that comes in chunks of UTF-8, cut anywhere. A last line without its end is what a crash of the harness
 * leaves: it is dropped where it does not parse. Anything else that is not an event, or an answer to another call, is a
 * UsageError that names file, line, what was expected and what was met.
 */
export class HistoryDecoder {
  readonly #file: string;
  readonly #events: HistoryEvent[] = [];
  readonly #open = new Map<number, ClientEvent>();
  readonly #scanner = new EventScanner(needed);
  #line = 0;

  constructor(file = "history") {
    this.#file = file;
  }

  /** The chunk must not change afterwards. */
  push(chunk: Uint8Array): void {
    const rows = this.#scanner.push(chunk);
    for (let row = 0; row < rows.size; row++) {
      this.#line = rows.line[row] as number;
      if (rows.type[row] === odd) {
        this.#decode(rows.text(row));
        continue;
      }
      const event = rows.clientEvent(row);
      const wrong = this.#wrongTurn(event);
      if (wrong !== undefined) throw this.#malformed(rows.text(row), wrong);
      this.#events.push(event);
    }
  }

  /** The events, and whether a last line that was cut off has been dropped. Nothing may be pushed after it. */
  end(): { readonly history: History; readonly truncated: boolean } {
    const rest = this.#scanner.end();
    const truncated = isTruncated(rest);
    this.#line = this.#scanner.line;
    if (!truncated) this.#decode(rest);
    return { history: this.#events, truncated };
  }

  #decode(line: string): void {
    if (line.trim() === "") return;
    const json = this.#parse(line);
    const bad = wrongMember(json);
    if (bad !== undefined) throw this.#malformed(line, bad);
    const event = json as HistoryEvent;
    if (isHarnessEvent(event)) {
      this.#harness(line, event);
      return;
    }
    const wrong = this.#wrongTurn(event);
    if (wrong !== undefined) throw this.#malformed(line, wrong);
    this.#events.push(event);
  }

  #harness(line: string, event: HarnessEvent): void {
    const { index, time, type, process } = event;
    const read = readHarnessNews(event as HarnessMembers);
    if (read.kind === "wrong") throw this.#malformed(line, read.expected);
    if (read.kind === "news") this.#events.push({ index, time, type, process, ...read.news });
  }

  #parse(line: string): unknown {
    if (isTooDeep(line)) throw this.#malformed(line, `values nested at most ${deepest} deep`);
    try {
      return parseExactJson(line);
    } catch (reason) {
      throw this.#malformed(line, "one JSON object a line", ` (${(reason as Error).message})`);
    }
  }

  /** What is wrong with an answer or a notice: nobody waits for it, or it is not about what was asked. */
  #wrongTurn(event: ClientEvent | NoticeEvent): string | undefined {
    if (isNotice(event)) {
      if (subscriptionOf(event, this.#events) !== undefined) return undefined;
      return `a notice "of" an invocation before it: event ${event.of} is none`;
    }
    const { process, type, f, key } = event;
    const call = this.#open.get(process);
    if (type === "invoke") {
      if (call !== undefined)
        return `an answer to the ${call.f} of process ${process} before it invokes again`;
      this.#open.set(process, event);
      return undefined;
    }
    if (call === undefined) return `an invocation of process ${process} before its answer`;
    if (f !== call.f) return `the answer of process ${process} to its ${call.f}`;
    if (key !== undefined && key !== call.key)
      return `the answer of process ${process} to its ${f} of ${call.key === undefined ? "no key" : `key ${call.key}`}`;
    this.#open.delete(process);
    return undefined;
  }

  #malformed(line: string, expected: string, why = ""): UsageError {
    return new UsageError(`${this.#file}:${this.#line}: expected ${expected}, got ${excerpt(line)}${why}`);
  }
}

/** The events of a whole `history.jsonl`. */
export function decodeHistory(text: string, file = "history"): History {
  const decoder = new HistoryDecoder(file);
  decoder.push(new TextEncoder().encode(text));
  return decoder.end().history;
}

/** Whether the last line was cut off, and so is dropped by `decodeHistory`. */
export function isTruncated(text: string): boolean {
  const last = text.slice(text.lastIndexOf("\n") + 1);
  if (last.trim() === "") return false;
  try {
    JSON.parse(last);
    return false;
  } catch {
    return true;
  }
}

type Kind = "text" | "number" | "whole" | "true" | "any";

/** The members of a client's event and what each holds. */
const clientMembers: Readonly<Record<keyof ClientEvent, Kind>> = {
  index: "whole",
  time: "number",
  type: "text",
  process: "whole",
  f: "text",
  key: "text",
  value: "any",
  mode: "text",
  node: "text",
  revision: "number",
  modRevision: "number",
  intended: "number",
  error: "text",
  message: "text",
};
const noticeMembers: Readonly<Record<keyof NoticeEvent, Kind>> = {
  index: "whole",
  time: "number",
  type: "text",
  process: "whole",
  node: "text",
  f: "text",
  of: "whole",
  key: "text",
  value: "any",
  previous: "any",
  revision: "number",
  more: "true",
};
const harnessMembers: Readonly<Record<"index" | "time" | "type" | "process" | keyof HarnessMembers, Kind>> = {
  index: "whole",
  time: "number",
  type: "text",
  process: "text",
  f: "text",
  name: "any",
  value: "any",
  since: "any",
};
const kinds: Readonly<Record<Kind, { readonly words: string; is(value: unknown): boolean }>> = {
  text: { words: "a text", is: (value) => typeof value === "string" },
  number: { words: "a number", is: (value) => typeof value === "number" },
  whole: { words: "a whole number", is: Number.isSafeInteger },
  true: { words: "true", is: (value) => value === true },
  any: { words: "any value", is: () => true },
};
const needed = ["index", "time", "type", "process", "f"] as const;
const neededOfNotice = [...needed, "node", "of"] as const;
const anEvent = "an event with index, time, type, process and f";

/** What is wrong with an event's members; undefined if nothing is. */
function wrongMember(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return anEvent;
  const event = json as Readonly<Record<string, unknown>>;
  const isNemesis = event["process"] === "nemesis";
  const isNoticed = event["type"] === "notice";
  const members: Readonly<Record<string, Kind>> = isNemesis
    ? harnessMembers
    : isNoticed
      ? noticeMembers
      : clientMembers;
  for (const name of isNoticed ? neededOfNotice : needed)
    if (event[name] === undefined) return `${anEvent}, not one without "${name}"`;
  for (const name in event) {
    if (!Object.hasOwn(members, name)) return `${anEvent}, and not the member ${JSON.stringify(name)}`;
    const kind = kinds[members[name] as Kind];
    if (!kind.is(event[name])) return `${anEvent}, whose "${name}" is ${kind.words}`;
  }
  if ((event["index"] as number) < 0 || (event["time"] as number) < 0 || event["f"] === "")
    return `${anEvent}, none of them below 0 or empty`;
  return wrongType(event["type"], isNemesis);
}

function wrongType(type: unknown, isNemesis: boolean): string | undefined {
  if (isNemesis) return type === "info" ? undefined : `${anEvent}: a nemesis' type is info`;
  const isKnown =
    type === "notice" || type === "invoke" || type === "ok" || type === "fail" || type === "info";
  return isKnown ? undefined : `${anEvent}, whose type is invoke, ok, fail, info or notice`;
}

const excerpt = (line: string): string => (line.length > 80 ? `${line.slice(0, 80)}…` : line);
