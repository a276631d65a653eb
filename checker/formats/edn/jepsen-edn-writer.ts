/**
 * A history as Jepsen's `history.edn`, one operation a line, for Jepsen's own checkers. Where every call has a key, values
 * are `[key value]`, as of Jepsen's independent keys. Events of the harness have the process `:nemesis`; notices are infos of
 * the process `:notice`. Neither is a client's number, so that no checker takes them for operations.
 */

import type { HarnessEvent } from "../../../core/harness-event.ts";
import {
  type ClientEvent,
  type History,
  inRunMode,
  isClientEvent,
  isInvocation,
  isNotice,
} from "../../../core/history.ts";
import type { Json } from "../../../core/op.ts";
import { ownError } from "../own-error.ts";

/**
 * The lines of the file, each with its end. Reads in another mode than the run's are left out: other checkers would judge
 * them by the run's promise.
 */
export function* jepsenEdnLines(recorded: History): Generator<string> {
  const { history, indexes } = inOwnMode(recorded);
  const isKeyed = history.every((event) => !isInvocation(event) || event.key !== undefined);
  const asked = new Map<number, Json | undefined>();
  for (const [index, event] of history.entries()) {
    const at = { index: String(index), time: edn(event.time) };
    if (isClientEvent(event)) {
      if (event.type === "invoke") asked.set(event.process, event.value);
      yield line({ ...at, ...clientMembers(event, asked.get(event.process), isKeyed) });
    } else if (isNotice(event)) {
      const { f, index: _index, time: _time, type: _type, process, of, ...more } = event;
      const rest = { ...more, of: indexes.get(of) ?? of };
      yield line({
        ...at,
        type: ":info",
        process: ":notice",
        f: name(f),
        to: edn(process),
        ...members(rest),
      });
    } else {
      yield line({ ...at, type: ":info", process: ":nemesis", ...harnessMembers(event) });
    }
  }
}

/** What is written, and the new indexes of invocations by those that they had. */
function inOwnMode(recorded: History) {
  const history = recorded.filter(inRunMode);
  const indexes = new Map<number, number>();
  for (const [index, event] of history.entries())
    if (isInvocation(event) && event.index !== index) indexes.set(event.index, index);
  return { history, indexes };
}

function clientMembers(event: ClientEvent, asked: Json | undefined, isKeyed: boolean) {
  const { type, process, f, key, node, revision, modRevision, error, message } = event;
  // Jepsen's completions repeat the argument where they have no other answer.
  const value = textOf(f, event.value ?? (type === "invoke" ? undefined : asked) ?? null);
  return {
    type: `:${type}`,
    process: edn(process),
    f: name(f),
    value: isKeyed ? `[${edn(key ?? null)} ${value}]` : value,
    ...(!isKeyed && key !== undefined && { key: edn(key) }),
    ...(error !== undefined && { error: ownError(error) }),
    ...members({ node, revision, "mod-revision": modRevision, message }),
  };
}

/** A fault begins with `:start-kill` and ends with `:stop-kill`, as Jepsen's plots know them. */
function harnessMembers(event: HarnessEvent) {
  if (event.f !== "fault") return { f: `:${event.f}`, value: edn(json(event.value)) };
  const verb = { begin: "start", proven: "proven", end: "stop" }[event.value.state];
  return { f: name(`${verb}-${event.name}`), value: edn(json(event.value)) };
}

/** A value of ours as JSON: TypeScript does not accept its interface as a record. */
const json = (value: HarnessEvent["value"]): Json =>
  typeof value === "object" && value !== null ? { ...value } : value;

const members = (values: Readonly<Record<string, Json | undefined>>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, edn(value)]])),
  );

const line = (parts: Readonly<Record<string, string>>): string =>
  `{${Object.entries(parts)
    .map(([key, value]) => `:${key} ${value}`)
    .join(", ")}}\n`;

/** The micro-operations of a transaction begin with keywords: `[[:r "x" nil] [:w "y" 1]]`. */
function textOf(f: string, value: Json): string {
  if (f !== "txn" || !Array.isArray(value)) return edn(value);
  const micro = (part: Json): string =>
    Array.isArray(part) && typeof part[0] === "string"
      ? `[${[name(part[0]), ...part.slice(1).map(edn)].join(" ")}]`
      : edn(part);
  return `[${value.map(micro).join(" ")}]`;
}

/** A keyword, where the name can be one. */
const name = (text: string): string => (/^[a-zA-Z][\w*+!?.-]*$/.test(text) ? `:${text}` : edn(text));

/** JSON's escapes are EDN's, too. */
function edn(value: Json): string {
  if (value === null) return "nil";
  if (Array.isArray(value)) return `[${value.map(edn).join(" ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${entries.map(([key, entry]) => `${edn(key)} ${edn(entry)}`).join(", ")}}`;
}
