import { z } from "zod";
import type { ClientEvent } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import type { Format } from "./format.ts";
import { malformed } from "./malformed.ts";

const operation = z.object({
  process: z.int().optional(),
  f: z.string().min(1),
  key: z.string().optional(),
  value: z.json().optional(),
  result: z.json().optional(),
  type: z.enum(["ok", "fail", "info"]).optional(),
  error: z.string().optional(),
  revision: z.number().optional(),
  call: z.number(),
  return: z.number().nullable().optional(),
});
type JsonOperation = z.infer<typeof operation>;

/**
 * An array of operations with call and return times (nanoseconds, or any other unit), in any order. Intervals are
 * closed: an operation that returns when another is called is concurrent with it. `type` is `ok` unless told otherwise,
 * `info` where there is no `return`.
 */
export const jsonOperations: Format = {
  name: "json",
  summary: 'an array of {"process", "f", "key", "value", "result", "type", "call", "return"}',
  looksLike: (text) => /^\s*\[\s*\{\s*"/.test(text),
  parse(text, file) {
    const events = readOperations(text, file).flatMap(toEvents);
    // At the same time, calls come before returns.
    events.sort((a, b) => a.time - b.time || Number(a.type !== "invoke") - Number(b.type !== "invoke"));
    return events.map((event, index) => ({ ...event, index }));
  },
};

function readOperations(text: string, file: string): JsonOperation[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (reason) {
    throw malformed(file, lineOf(text, reason), `JSON (${(reason as Error).message})`);
  }
  if (!Array.isArray(json)) throw malformed(file, 1, "an array of operations");
  return json.map((item, i) => {
    const parsed = operation.safeParse(item);
    if (!parsed.success) {
      throw malformed(
        file,
        1,
        `operation ${i} to be an operation (${z.prettifyError(parsed.error).replaceAll("\n", "; ")})`,
      );
    }
    if (typeof parsed.data.return === "number" && parsed.data.return < parsed.data.call) {
      throw malformed(file, 1, `operation ${i} to return after its call`);
    }
    return parsed.data;
  });
}

/** The engine names the position of a JSON error in its message. */
function lineOf(text: string, reason: unknown): number {
  const position = /position (\d+)/.exec(String(reason))?.[1];
  return position === undefined ? 1 : text.slice(0, Number(position)).split("\n").length;
}

/** Every operation is a process of its own: what a process did one after another is in the times. */
function toEvents(op: JsonOperation, process: number): ClientEvent[] {
  const about = { index: 0, process, f: op.f, ...(op.key !== undefined && { key: op.key }) };
  const value = op.value as Json | undefined;
  const invoke: ClientEvent = {
    ...about,
    type: "invoke",
    time: nanos(op.call),
    ...(value !== undefined && { value }),
  };
  if (op.return === undefined || op.return === null) return [invoke];
  const end = { ...about, type: op.type ?? "ok", time: nanos(op.return) } as const;
  if (end.type !== "ok") return [invoke, { ...end, error: op.error ?? "unknown" }];
  const result = (op.result ?? null) as Json;
  return [invoke, { ...end, value: result, ...(op.revision !== undefined && { revision: op.revision }) }];
}
