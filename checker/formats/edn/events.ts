import type { Json } from "../../../core/op.ts";
import { eventTypes, type ForeignEvent, isTime } from "../foreign-event.ts";
import type { Source } from "../format.ts";
import { malformed } from "../malformed.ts";
import { piecesOf } from "../text-lines.ts";
import { type Edn, type EdnForm, EdnMap, ednToJson, Keyword } from "./edn.ts";
import { EdnReader } from "./reader.ts";

/**
 * The events of clients in an EDN history: one vector or list of operations, or one operation after another. An operation
 * is a map, or Knossos' short form `[process type f value]`. The nemesis' and notices are left out.
 */
export async function ednEvents(source: Source): Promise<ForeignEvent[]> {
  const reader = new EdnReader(source.file, 1, true);
  const events: ForeignEvent[] = [];
  const read = () => {
    for (;;) {
      const next = reader.next();
      if (next === "more" || next === "end") return;
      const read = event(next, source.file);
      if (read !== undefined) events.push(read);
    }
  };
  for await (const piece of piecesOf(source)) {
    reader.append(piece, false);
    read();
  }
  reader.append("", true);
  read();
  return events;
}

function event({ form, line }: EdnForm, file: string): ForeignEvent | undefined {
  const map = Array.isArray(form) ? ofVector(form, line) : form;
  if (!(map instanceof EdnMap))
    throw malformed(file, line, "an operation map {:process …, :type …, :f …}", text(form));
  const process = processName(map, file);
  if (process === undefined) return undefined;
  const type = nameOf(map.get("type"));
  const known = eventTypes.find((name) => name === type);
  if (known === undefined)
    throw malformed(file, map.line, ":type :invoke, :ok, :fail or :info", text(map.get("type")));
  const f = nameOf(map.get("f"));
  if (f === undefined) throw malformed(file, map.line, "a keyword as :f", text(map.get("f")));
  const value = map.get("value");
  const other = answers.find((name) => map.get(name) !== undefined);
  if (value === undefined && other !== undefined)
    throw malformed(file, map.line, "the argument or the answer as :value", `:${other}`);
  const key = ednToJson(map.get("key") ?? null);
  const time = ednToJson(map.get("time") ?? null);
  return {
    line: map.line,
    process,
    type: known,
    f,
    value: ednToJson(value ?? null),
    hasValue: value !== undefined,
    ...(key !== null && { key }),
    ...(isTime(time) && { time }),
    error: ednToJson(map.get("error") ?? null),
  };
}

/** Members that other writers have where Jepsen has `:value`. */
const answers = ["result", "output", "return", "response", "ret", "val"] as const;

/** `[70 :invoke :read nil]`, perhaps with an error after the value. */
function ofVector(form: readonly Edn[], line: number): EdnMap | undefined {
  const [process, type, f, value, error = null] = form;
  if (form.length < 4 || form.length > 5 || !(type instanceof Keyword)) return undefined;
  const entries = { process, type, f, value, error } as Readonly<Record<string, Edn>>;
  return new EdnMap(line, new Map(Object.entries(entries)));
}

/** A client's number or, unlike in Jepsen itself, name. Undefined for the nemesis, and for our own notices. */
function processName(map: EdnMap, file: string): number | string | undefined {
  const process = map.get("process");
  const name = typeof process === "number" ? process : nameOf(process);
  if (name === undefined) throw malformed(file, map.line, "a :process", text(process));
  return typeof name === "string" && /^(nemesis|notice$)/.test(name) ? undefined : name;
}

/** The text of a keyword or a string. */
function nameOf(value: Edn | undefined): string | undefined {
  if (value instanceof Keyword) return value.name;
  return typeof value === "string" && value !== "" ? value : undefined;
}

const text = (value: Edn | undefined): string =>
  value === undefined ? "nothing" : JSON.stringify(ednToJson(value) as Json);
