import type { Json } from "../../../core/op.ts";
import { canonical } from "../../canonical.ts";
import type { Format } from "../format.ts";
import { type ForeignOperation, historyOfOperations } from "../history-of-operations.ts";
import { JsonMembers } from "./members.ts";
import { eachObject, type JsonObject } from "./reading.ts";

const members = new Set(["clientid", "input", "call", "output", "return"]);
const inputMembers = new Set(["op", "key", "value", "arg1", "arg2"]);

/**
 * Porcupine's `Operation` as Go's encoder writes it: `ClientId`, `Input`, `Call`, `Output`, `Return`, whose inputs are those
 * of Porcupine's own models: `{op, value}` of a register, `{op, arg1, arg2}` of a CAS register, `{op, key, value}` of a map of
 * strings. `op` is a name or the models' number. Members may be in upper or lower case.
 */
export const porcupineJson: Format = {
  name: "porcupine-json",
  summary: 'Porcupine\'s operations in JSON: {"ClientId", "Input", "Call", "Output", "Return"}',
  looksLike: (head) => /^\s*\[?\s*\{/.test(head) && /"clientid"\s*:/i.test(head) && /"input"\s*:/i.test(head),
  async read(source) {
    const operations: ForeignOperation[] = [];
    let isRegister = false;
    await eachObject(source, (object, line) => {
      const whole = new JsonMembers(lower(object), line, source.file);
      whole.only(members);
      const input = whole.any("input");
      if (!isObject(input)) whole.fail('an "Input" {op, …}', canonical(input));
      const asked = new JsonMembers(lower(input as JsonObject), line, source.file);
      asked.only(inputMembers);
      isRegister ||= typeof asked.any("op") === "boolean";
      operations.push(operationOf(whole, asked));
    });
    const read = historyOfOperations(operations, source.file);
    if (!isRegister) return read;
    return { ...read, initial: 0, notes: [...read.notes, "Porcupine's register initially holds 0"] };
  },
};

const isObject = (value: Json): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lower = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));

function operationOf(whole: JsonMembers, asked: JsonMembers): ForeignOperation {
  const key = asked.key();
  const end = whole.optionalTime("return");
  const f = nameOf(asked);
  const client = whole.any("clientid");
  return {
    line: whole.line,
    f,
    call: whole.time("call"),
    ...((typeof client === "number" || typeof client === "string") && { process: client }),
    ...(key !== undefined && { key }),
    ...(f === "cas" && { value: [asked.any("arg1"), asked.any("arg2")] }),
    ...(f !== "cas" && f !== "read" && f !== "get" && { value: argumentOf(asked) }),
    ...(end !== undefined && { return: end }),
    ...(end === undefined ? { type: "info" } : ending(f, whole.any("output"), whole)),
  } as ForeignOperation;
}

const argumentOf = (asked: JsonMembers): Json => asked.any(asked.has("value") ? "value" : "arg1");

/** Porcupine's models number their operations, or distinguish get and put by true and false. */
function nameOf(asked: JsonMembers): string {
  const op = asked.any("op");
  const names = asked.has("arg1")
    ? ["read", "write", "cas"]
    : asked.has("key")
      ? ["get", "put", "append"]
      : [];
  if (typeof op === "boolean") return op ? "read" : "write";
  if (typeof op === "number" && names[op] !== undefined) return names[op];
  if (typeof op === "string" && /^(read|write|cas|get|put|append|delete)$/i.test(op)) {
    const name = op.toLowerCase();
    if (asked.has("key") || (name !== "get" && name !== "put")) return name;
    return name === "get" ? "read" : "write";
  }
  return asked.fail(
    '"op" to be the number or the name of an operation of a register, a CAS register or a map of strings',
    canonical(op),
  );
}

/** The content of an `Output`: a value, or an object with `value`, `ok`, `exists` and `unknown`. */
function ending(
  f: string,
  output: Json,
  whole: JsonMembers,
): Pick<ForeignOperation, "type" | "error" | "result"> {
  const said = isObject(output) ? lower(output as JsonObject) : undefined;
  const asks = f === "read" || f === "get" || f === "cas";
  if (said?.["unknown"] === true || (asks && output === null)) return { type: "info", error: "unknown" };
  if (f === "cas") {
    const ok = said === undefined ? output : said["ok"];
    if (typeof ok !== "boolean")
      whole.fail('the "Output" of a cas to say "ok": true or false', canonical(output));
    return ok === true ? { type: "ok" } : { type: "fail", error: "mismatch" };
  }
  if (f === "read" || f === "get") return { type: "ok", result: readOf(said, output, whole) };
  return said?.["ok"] === false ? { type: "fail", error: "failed" } : { type: "ok" };
}

function readOf(said: JsonObject | undefined, output: Json, whole: JsonMembers): Json {
  if (said === undefined) return output;
  if (said["exists"] === false) return null;
  if (!Object.hasOwn(said, "value"))
    whole.fail('the "Output" of a read to have a "value"', canonical(output));
  return said["value"] as Json;
}
