/** Lines of a history that is being written, as far as its charts need them. */
import { readHarnessNews } from "../../../core/codec/harness-codec.ts";
import type { HarnessEvent } from "../../../core/harness-event.ts";
import { type Nanos, nanos } from "../../../core/time.ts";

export interface LiveClientEvent {
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly time: Nanos;
  readonly process: number;
  readonly intended?: Nanos;
}

export type LiveEvent =
  | { readonly kind: "client"; readonly event: LiveClientEvent }
  | { readonly kind: "harness"; readonly event: HarnessEvent };

/** No run is longer: 30 days. */
const latest = 30 * 86_400e9;

/**
 * Reads one line. Undefined if it says nothing to a chart: a notice, a read in another mode than the run's, or a line that a
 * worker which was killed left half written.
 */
export function liveEvent(line: string): LiveEvent | undefined {
  const json = parsed(line);
  if (json === undefined || json["mode"] !== undefined) return undefined;
  const { time, type, process, f, name, value, since, intended } = json;
  if (!isTime(time)) return undefined;
  if (process === "nemesis") {
    const read = typeof f === "string" ? readHarnessNews({ f, name, value, since }) : undefined;
    if (read?.kind !== "news") return undefined;
    return {
      kind: "harness",
      event: { index: 0, time: nanos(time), type: "info", process: "nemesis", ...read.news },
    };
  }
  if (typeof process !== "number" || !isClientType(type)) return undefined;
  const meant = isTime(intended) ? { intended: nanos(intended) } : {};
  return { kind: "client", event: { type, time: nanos(time), process, ...meant } };
}

/** Time of a line of usage.jsonl: it passes while no operation is answered. */
export function usageTime(line: string): Nanos | undefined {
  const time = parsed(line)?.["time"];
  return isTime(time) ? nanos(time) : undefined;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(line);
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isTime = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= latest;

const isClientType = (type: unknown): type is LiveClientEvent["type"] =>
  type === "invoke" || type === "ok" || type === "fail" || type === "info";
