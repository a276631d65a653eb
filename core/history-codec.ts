import { z } from "zod";
import { UsageError } from "./errors.ts";
import type { History, HistoryEvent } from "./history.ts";

const common = { index: z.int().nonnegative(), time: z.number().nonnegative(), f: z.string().min(1) };
/** Whatever JSON.parse gave is JSON. */
const json = z.unknown();
const clientEvent = z.looseObject({
  ...common,
  type: z.enum(["invoke", "ok", "fail", "info"]),
  process: z.int(),
  key: z.string().optional(),
  value: json.optional(),
  mode: z.string().optional(),
  node: z.string().optional(),
  revision: z.number().optional(),
  modRevision: z.number().optional(),
  intended: z.number().optional(),
  error: z.string().optional(),
  message: z.string().optional(),
});
const nemesisEvent = z.looseObject({
  ...common,
  type: z.literal("info"),
  process: z.literal("nemesis"),
  value: json,
  since: z.number().optional(),
});
const eventOf = (json: unknown) =>
  (json as { process?: unknown } | null)?.process === "nemesis" ? nemesisEvent : clientEvent;

/** One event as a line of `history.jsonl`, without the line's end. */
export const encodeEvent = (event: HistoryEvent): string => JSON.stringify(event);

/**
 * The events of a `history.jsonl`. A last line without its end is what a crash of the harness leaves: it is dropped
 * where it does not parse. Anything else that is not an event is a UsageError that names file, line and expectation.
 */
export function decodeHistory(text: string, file = "history"): History {
  const lines = text.split("\n");
  const events: HistoryEvent[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === "") return;
    const truncated = i === lines.length - 1;
    const event = decodeLine(line, `${file}:${i + 1}`, truncated);
    if (event !== undefined) events.push(event);
  });
  return events;
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

function decodeLine(line: string, where: string, truncated: boolean): HistoryEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (reason) {
    if (truncated) return undefined;
    throw new UsageError(
      `${where}: expected one JSON object a line, got ${excerpt(line)} (${(reason as Error).message})`,
    );
  }
  const parsed = eventOf(json).safeParse(json);
  if (parsed.success) return json as HistoryEvent;
  throw new UsageError(
    `${where}: expected an event with index, time, type, process and f, got ${excerpt(line)} (${z.prettifyError(parsed.error).replaceAll("\n", "; ")})`,
  );
}

const excerpt = (line: string): string => (line.length > 80 ? `${line.slice(0, 80)}…` : line);
