import { z } from "zod";
import type { ClientEvent } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import type { Format } from "./format.ts";
import { malformed } from "./malformed.ts";
import { wholeText } from "./whole-text.ts";

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
 * Operations with call and return times (nanoseconds, or any other unit), in any order: one array, or one object a line.
 * Intervals are closed: an operation that returns when another is called is concurrent with it. `type` is `ok` unless
 * told otherwise, `info` where there is no `return`: what says that it is `ok` must have one.
 */
export const jsonOperations: Format = {
  name: "json",
  summary: 'an array of {"process", "f", "key", "value", "result", "type", "call", "return"}',
  looksLike: (text) => /^\s*\[\s*\{\s*"/.test(text) || /^\s*\{\s*"[^\n]*"call"\s*:/.test(text),
  async read(source) {
    const text = await wholeText(source);
    const events = withProcesses(readOperations(text, source.file)).flatMap(toEvents);
    // At the same time, calls come before returns.
    events.sort((a, b) => a.time - b.time || Number(a.type !== "invoke") - Number(b.type !== "invoke"));
    const history = events.map((event, index) => ({ ...event, index }));
    return { history, truncated: false, notes: [] };
  },
};

function readOperations(text: string, file: string): JsonOperation[] {
  return itemsOf(text, file).map(({ line, item }, i) => {
    const parsed = operation.safeParse(item);
    if (!parsed.success) {
      const why = z.prettifyError(parsed.error).replaceAll("\n", "; ");
      throw malformed(file, line, `operation ${i} to be an operation (${why})`);
    }
    if (parsed.data.type === "ok" && typeof parsed.data.return !== "number")
      throw malformed(file, line, `operation ${i} to have a time of return, for it is ok`);
    if (typeof parsed.data.return === "number" && parsed.data.return < parsed.data.call)
      throw malformed(file, line, `operation ${i} to return after its call`);
    return parsed.data;
  });
}

interface Item {
  readonly line: number;
  readonly item: unknown;
}

function itemsOf(text: string, file: string): Item[] {
  if (text.trim() === "") return [];
  if (!/^\s*\{/.test(text)) {
    const json = parseJson(text, file, 1);
    if (!Array.isArray(json)) throw malformed(file, 1, "an array of operations");
    const lines = linesOfItems(text);
    return json.map((item, i) => ({ line: lines[i] ?? 1, item }));
  }
  return text.split("\n").flatMap((row, i) => {
    const line = i + 1;
    return row.trim() === "" ? [] : [{ line, item: parseJson(row, file, line) }];
  });
}

/** `text` begins on `line` of the file. */
function parseJson(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (reason) {
    throw malformed(file, line - 1 + lineOf(text, reason), `JSON (${(reason as Error).message})`);
  }
}

/** The lines on which the items of an array begin. The text is JSON. */
function linesOfItems(text: string): number[] {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  let isNext = false;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^\s"]|\n/g)) {
    if (token === "\n") line++;
    else if (depth === 1 && (token === "," || token === "]")) isNext = token === ",";
    else if (isNext) {
      lines.push(line);
      isNext = false;
    }
    if (token === "[" || token === "{") {
      depth++;
      if (depth === 1) isNext = true;
    } else if (token === "]" || token === "}") depth--;
  }
  return lines;
}

/** The engine names the position of a JSON error in its message. */
function lineOf(text: string, reason: unknown): number {
  const position = /position (\d+)/.exec(String(reason))?.[1];
  return position === undefined ? 1 : text.slice(0, Number(position)).split("\n").length;
}

interface Owned {
  readonly op: JsonOperation;
  readonly process: number;
}

/** Gives an operation that overlaps another of its own process, or names none, a process of its own. */
function withProcesses(all: readonly JsonOperation[]): Owned[] {
  const ends = new Map<number, number>();
  const spare = all.reduce((most, { process = -1 }) => Math.max(most, process), -1) + 1;
  const inOrder = [...all.keys()].sort((a, b) => (all[a]?.call ?? 0) - (all[b]?.call ?? 0));
  const owned = new Map<number, Owned>();
  for (const i of inOrder) {
    const op = all[i] as JsonOperation;
    const isFree = op.process !== undefined && op.call > (ends.get(op.process) ?? Number.NEGATIVE_INFINITY);
    const process = isFree && op.process !== undefined ? op.process : spare + i;
    ends.set(process, op.return ?? Number.POSITIVE_INFINITY);
    owned.set(i, { op, process });
  }
  return [...all.keys()].map((i) => owned.get(i) as Owned);
}

function toEvents({ op, process }: Owned): ClientEvent[] {
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
