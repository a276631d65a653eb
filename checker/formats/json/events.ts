import { readHarnessNews } from "../../../core/codec/harness-codec.ts";
import type { EventRows } from "../../../core/codec/rows/event-rows.ts";
import { members as clientMembers } from "../../../core/codec/rows/event-scanner.ts";
import { nodeId } from "../../../core/op.ts";
import type { ForeignEvent } from "../foreign-event.ts";
import type { Format, FormatOptions, ReadHistory, Source } from "../format.ts";
import { EventsReader } from "../history-of-events.ts";
import { malformed } from "../malformed.ts";
import { JsonMembers } from "./members.ts";
import { eachItem, isArray, type JsonObject } from "./reading.ts";
import { eachRow } from "./rows.ts";

/** The members that an event may have: those of our own `history.jsonl`, and `client`, as others call the process. */
const members: ReadonlySet<string> = new Set([...clientMembers, "client"]);
const noticeMembers = new Set([
  "index",
  "time",
  "type",
  "process",
  "node",
  "f",
  "of",
  "key",
  "value",
  "previous",
  "revision",
  "more",
]);

/** Events as Jepsen has them, in JSON: an array, or one object a line. */
export const jsonEvents: Format = {
  name: "json-events",
  summary:
    'events in JSON, an array or one a line: {"type": "invoke", "process", "f", "key", "value", "time"}',
  looksLike: (head) =>
    /^\s*\[\s*\{[^{}]*"type"\s*:\s*"(invoke|ok|fail|info)"/.test(head) ||
    (/^\s*\{[^\n]*"type"\s*:\s*"(invoke|ok|fail|info)"/.test(head) && !/^\s*\{[^\n]*"index"\s*:/.test(head)),
  read: readJsonEvents,
};

/** The history of events in JSON. A last line that was cut off is dropped where others stand before it. */
export async function readJsonEvents(source: Source, options?: FormatOptions): Promise<ReadHistory> {
  const { file } = source;
  const reader = new EventsReader(file, { nilReadsSayNothing: false, keepsErrors: true }, options);
  let lines = 0;
  const read = (object: JsonObject, line: number) => {
    lines++;
    const event = eventOf(new JsonMembers(object, line, file));
    if (event !== undefined) reader.add(event);
  };
  const known = (rows: EventRows, row: number) => {
    lines++;
    reader.addRow(rows, row);
  };
  const cut = isArray(source.head) ? await eachItem(source, read) : await eachRow(source, known, read);
  if (cut !== undefined && lines === 0)
    throw malformed(file, cut, "one JSON object a line", source.head.trim());
  return { ...reader.end(), truncated: cut !== undefined };
}

function eventOf(object: JsonMembers): ForeignEvent | undefined {
  const { line } = object;
  if (/^:?nemesis/.test(String(object.any("process")))) return harnessEvent(object);
  if (object.any("type") === "notice") return noticeEvent(object);
  object.only(members);
  const process = object.process();
  if (process === undefined) object.fail('"process" to be a whole number or a name', "nothing");
  const key = object.key();
  const time = object.optionalTime("time");
  const about = aboutOf(object);
  return {
    line,
    process: process as number | string,
    type: object.type(),
    f: object.word("f"),
    value: object.any("value"),
    hasValue: object.has("value"),
    error: object.any("error"),
    ...(typeof object.any("index") === "number" && { index: object.any("index") as number }),
    ...(key !== undefined && { key }),
    ...(time !== undefined && { time }),
    ...(about !== undefined && { about }),
  };
}

function aboutOf(object: JsonMembers): ForeignEvent["about"] {
  const mode = object.optionalWord("mode");
  const node = object.optionalWord("node");
  const revision = object.place("revision");
  const modRevision = object.place("modRevision");
  const message = object.optionalWord("message");
  const intended = object.optionalTime("intended");
  if ([node, revision, message, intended, mode].every((member) => member === undefined))
    return modRevision === undefined ? undefined : { modRevision };
  return {
    ...(mode !== undefined && { mode }),
    ...(node !== undefined && { node }),
    ...(revision !== undefined && { revision }),
    ...(modRevision !== undefined && { modRevision }),
    ...(typeof intended === "number" && { intended }),
    ...(message !== undefined && { message }),
  } as ForeignEvent["about"];
}

/** Something that a client received without asking at that moment. */
function noticeEvent(object: JsonMembers): ForeignEvent {
  object.only(noticeMembers);
  const process = object.any("process");
  const of = object.any("of");
  if (typeof process !== "number") return object.fail('"process" to be a number', JSON.stringify(process));
  if (typeof of !== "number") return object.fail('"of" to be the index of an invocation', JSON.stringify(of));
  const [f, value, key, time] = [
    object.word("f"),
    object.any("value"),
    object.optionalWord("key"),
    object.optionalTime("time"),
  ];
  const revision = object.place("revision");
  return {
    line: object.line,
    process,
    type: "info",
    f,
    value,
    hasValue: object.has("value"),
    error: null,
    ...(time !== undefined && { time }),
    notice: {
      process,
      node: nodeId(object.word("node")),
      f,
      of,
      ...(key !== undefined && { key }),
      ...(object.has("value") && { value }),
      ...(object.has("previous") && { previous: object.any("previous") }),
      ...(revision !== undefined && { revision }),
      ...(object.any("more") === true && { more: true as const }),
    },
  };
}

/** An event of our own harness; undefined for the nemesis of another writer. */
function harnessEvent(object: JsonMembers): ForeignEvent | undefined {
  const [f, value] = [object.word("f"), object.any("value")];
  const name = object.optionalWord("name");
  const since = object.optionalTime("since");
  const read = readHarnessNews({ f, value, name, since });
  if (read.kind === "foreign") return undefined;
  if (read.kind === "wrong") return object.fail(read.expected, JSON.stringify(value));
  const time = object.optionalTime("time");
  return {
    line: object.line,
    process: "nemesis",
    type: "info",
    f,
    value,
    hasValue: true,
    error: null,
    harness: read.news,
    ...(time !== undefined && { time }),
  };
}
