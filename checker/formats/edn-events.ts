import { type Edn, type EdnForm, EdnMap, ednToJson, Keyword, readEdnItems } from "./edn.ts";
import { malformed } from "./malformed.ts";

/** One operation of a client, as an EDN history or a log tells it. */
export interface EdnEvent {
  readonly line: number;
  readonly process: string;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Edn;
  readonly key: string | undefined;
  /** Nanoseconds, where the history has times. */
  readonly time: number | undefined;
  readonly error: Edn;
}

export const eventTypes = ["invoke", "ok", "fail", "info"] as const;

/**
 * The events of clients in an EDN history: one vector or list of maps, or one map after another. What is the nemesis',
 * and notices, are passed over.
 */
export const ednEvents = (text: string, file: string): EdnEvent[] =>
  readEdnItems(text, file).flatMap((item) => event(item, file) ?? []);

function event({ form: map, line }: EdnForm, file: string): EdnEvent | undefined {
  if (!(map instanceof EdnMap))
    throw malformed(file, line, "an operation map {:process …, :type …, :f …}", text(map));
  const process = processName(map, file);
  if (process === undefined) return undefined;
  const type = nameOf(map.get("type"));
  const known = eventTypes.find((name) => name === type);
  if (known === undefined)
    throw malformed(file, map.line, ":type :invoke, :ok, :fail or :info", text(map.get("type")));
  const f = nameOf(map.get("f"));
  if (f === undefined) throw malformed(file, map.line, "a keyword as :f", text(map.get("f")));
  const key = map.get("key") ?? null;
  return {
    line: map.line,
    process,
    type: known,
    f,
    value: map.get("value") ?? null,
    key: key === null ? undefined : keyName(key),
    time: timeOf(map.get("time")),
    error: map.get("error") ?? null,
  };
}

/** A client's name: a number or, unlike in Jepsen itself, a word. Undefined of the nemesis, and of our own notices. */
function processName(map: EdnMap, file: string): string | undefined {
  const process = map.get("process");
  const name = typeof process === "number" ? String(process) : nameOf(process);
  if (name === undefined) throw malformed(file, map.line, "a :process", text(process));
  return /^(nemesis|notice$)/.test(name) ? undefined : name;
}

/** Of a keyword or a string. */
function nameOf(value: Edn | undefined): string | undefined {
  if (value instanceof Keyword) return value.name;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Nanoseconds; a number too large to be exact is read as near as can be. */
function timeOf(value: Edn | undefined): number | undefined {
  const time = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof time === "number" && Number.isFinite(time) ? time : undefined;
}

/** A key of an EDN history as text: `:x` and `"x"` are `x`. */
export function keyName(key: Edn): string {
  const json = ednToJson(key);
  return typeof json === "string" ? json : JSON.stringify(json);
}

const text = (value: Edn | undefined): string =>
  value === undefined ? "nothing" : JSON.stringify(ednToJson(value));
