import { type Edn, EdnMap, ednToJson, Keyword, readEdn } from "./edn.ts";
import { malformed } from "./malformed.ts";

/** One operation map of an EDN history. */
export interface EdnEvent {
  readonly line: number;
  readonly process: string;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Edn;
  readonly key: string | undefined;
  /** Nanoseconds, where the history has times. */
  readonly time: number | undefined;
}

/**
 * The events of clients in an EDN history: one vector or list of maps, or one map after another. What is not a
 * client's (the nemesis, log lines) is passed over.
 */
export function ednEvents(text: string, file: string): EdnEvent[] {
  const forms = readEdn(text, file);
  const maps = forms.length === 1 && Array.isArray(forms[0]) ? (forms[0] as readonly Edn[]) : forms;
  return maps.flatMap((form, i) => {
    if (!(form instanceof EdnMap))
      throw malformed(
        file,
        i + 1,
        "an operation map {:process …, :type …, :f …}",
        JSON.stringify(ednToJson(form)),
      );
    return event(form, file) ?? [];
  });
}

function event(map: EdnMap, file: string): EdnEvent | undefined {
  const process = map.get("process");
  const type = map.get("type");
  const f = map.get("f");
  if (process !== undefined && typeof process !== "number") return undefined;
  const types = ["invoke", "ok", "fail", "info"] as const;
  const known = type instanceof Keyword ? types.find((name) => name === type.name) : undefined;
  if (known === undefined) throw malformed(file, map.line, ":type :invoke, :ok, :fail or :info", text(type));
  if (process === undefined) throw malformed(file, map.line, "a :process");
  if (!(f instanceof Keyword)) throw malformed(file, map.line, "a keyword as :f", text(f));
  const time = map.get("time");
  const key = map.get("key");
  return {
    line: map.line,
    process: String(process),
    type: known,
    f: f.name,
    value: map.get("value") ?? null,
    key: key === undefined ? undefined : keyName(key),
    time: typeof time === "number" ? time : undefined,
  };
}

/** A key of an EDN history as text: `:x` and `"x"` are `x`. */
export function keyName(key: Edn): string {
  const json = ednToJson(key);
  return typeof json === "string" ? json : JSON.stringify(json);
}

const text = (value: Edn | undefined): string =>
  value === undefined ? "nothing" : JSON.stringify(ednToJson(value));
