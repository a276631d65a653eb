import { z } from "zod";
import { UsageError } from "./errors.ts";
import { type History, type HistoryEvent, isNotice, subscriptionOf } from "./history.ts";

const head = { index: z.int().nonnegative(), time: z.number().nonnegative(), f: z.string().min(1) };
/** Whatever JSON.parse gave is JSON. */
const json = z.unknown();
const clientEvent = z.looseObject({
  ...head,
  type: z.enum(["invoke", "ok", "fail", "info"]),
  process: z.int(),
  key: z.string().optional(),
  value: json.optional(),
  node: z.string().optional(),
  revision: z.number().optional(),
  modRevision: z.number().optional(),
  intended: z.number().optional(),
  error: z.string().optional(),
  message: z.string().optional(),
});
const notice = z.looseObject({
  ...head,
  type: z.literal("notice"),
  process: z.int(),
  node: z.string(),
  of: z.int().nonnegative(),
  key: z.string().optional(),
  value: json.optional(),
  previous: json.optional(),
  revision: z.number().optional(),
});
const faultChange = z.looseObject({
  state: z.enum(["begin", "proven", "end"]),
  id: z.int(),
  summary: z.string(),
  nodes: z.array(z.string()),
  cut: z.array(z.tuple([z.string(), z.string()])).optional(),
  proof: z.string().optional(),
});
const harnessHead = { ...head, type: z.literal("info"), process: z.literal("nemesis") };
const harnessEvent = z.discriminatedUnion("f", [
  z.looseObject({ ...harnessHead, f: z.literal("phase"), value: z.enum(["main", "quiet", "final"]) }),
  z.looseObject({ ...harnessHead, f: z.literal("leader"), value: z.string().nullable() }),
  z.looseObject({ ...harnessHead, f: z.literal("fault"), name: z.string().min(1), value: faultChange }),
]);

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
    if (event === undefined) return;
    if (isNotice(event) && subscriptionOf(event, events) === undefined)
      throw new UsageError(
        `${file}:${i + 1}: expected a notice of an invocation before it, got a notice of ${event.of}, which is none`,
      );
    events.push(event);
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
  const shown = normalized(json);
  if (shown === undefined) return undefined;
  const parsed = schemaOf(shown).safeParse(shown);
  if (parsed.success) return shown as HistoryEvent;
  throw new UsageError(
    `${where}: expected an event with index, time, type, process and f, got ${excerpt(line)} (${z.prettifyError(parsed.error).replaceAll("\n", "; ")})`,
  );
}

interface Shown {
  readonly type?: unknown;
  readonly process?: unknown;
  readonly f?: unknown;
  readonly value?: unknown;
}

function schemaOf(json: unknown) {
  const { type, process } = (json ?? {}) as Shown;
  if (process === "nemesis") return harnessEvent;
  return type === "notice" ? notice : clientEvent;
}

/**
 * Today's shape of an event. In histories of before, `f` of a fault was its nemesis' name. A nemesis' event that is no
 * fault of ours (Jepsen's own) says nothing to any checker: undefined.
 */
function normalized(json: unknown): unknown {
  const { process, f, type, value } = (json ?? {}) as Shown;
  if (process !== "nemesis" || type !== "info" || typeof f !== "string" || f === "") return json;
  if (harnessKinds.has(f)) return json;
  const isFault = typeof value === "object" && value !== null && "state" in value && "id" in value;
  return isFault ? { ...(json as object), f: "fault", name: f } : undefined;
}

const harnessKinds: ReadonlySet<string> = new Set(["phase", "leader", "fault"]);

const excerpt = (line: string): string => (line.length > 80 ? `${line.slice(0, 80)}…` : line);
