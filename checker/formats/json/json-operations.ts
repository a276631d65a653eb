import type { Format } from "../format.ts";
import { type ForeignOperation, historyOfOperations } from "../history-of-operations.ts";
import { JsonMembers } from "./members.ts";
import { eachObject } from "./reading.ts";

const members = new Set([
  "process",
  "client",
  "f",
  "key",
  "value",
  "result",
  "type",
  "error",
  "revision",
  "call",
  "return",
]);

/**
 * Operations with call and return times (nanoseconds, or any other unit), in any order: one array, or one object a line.
 * `type` is `ok` by default, or `info` where there is no `return`; an operation that says `ok` must have one.
 */
export const jsonOperations: Format = {
  name: "json",
  summary: 'an array of {"process", "f", "key", "value", "result", "type", "call", "return"}',
  looksLike: (head) =>
    /^\s*\[?\s*\{[^{}]*"call"\s*:/.test(head) || /^\s*\[?\s*\{\s*"[^\n]*"call"\s*:/.test(head),
  async read(source) {
    const operations: ForeignOperation[] = [];
    await eachObject(source, (object, line) =>
      operations.push(operationOf(new JsonMembers(object, line, source.file))),
    );
    return historyOfOperations(operations, source.file);
  },
};

function operationOf(object: JsonMembers): ForeignOperation {
  object.only(members);
  const process = object.process();
  const key = object.key();
  const error = object.optionalWord("error");
  const revision = object.place("revision");
  const end = object.optionalTime("return");
  const written = object.has("type") ? object.type(["ok", "fail", "info"]) : undefined;
  if (written === "ok" && end === undefined) object.fail('a time as "return", since it is ok', "nothing");
  return {
    line: object.line,
    f: object.word("f"),
    call: object.time("call"),
    type: (written ?? "ok") as ForeignOperation["type"],
    ...(process !== undefined && { process }),
    ...(key !== undefined && { key }),
    ...(object.has("value") && { value: object.any("value") }),
    ...(object.has("result") && { result: object.any("result") }),
    ...(error !== undefined && { error }),
    ...(revision !== undefined && { revision }),
    ...(end !== undefined && { return: end }),
  };
}
