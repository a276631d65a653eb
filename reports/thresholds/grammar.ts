/** Thresholds as users write them: `put.p99 > 50ms`, `errors > 0.1%`, `unwritable > 3s`, `ok < 400/s`. A run that meets one fails. */
import { UsageError } from "../../core/errors.ts";
import { either } from "../../core/wording.ts";

export const latencyParts = ["p50", "p90", "p95", "p99", "p99.9", "max", "mean"] as const;
export type LatencyPart = (typeof latencyParts)[number];

export type Metric =
  | { readonly name: "latency"; readonly operation: string; readonly part: LatencyPart }
  | { readonly name: PlainMetric };
export type PlainMetric = keyof typeof plainMetrics;

/** Metrics that are not about one operation, with the units that their limits may have. */
export const plainMetrics = {
  errors: {
    units: ["%", ""],
    doc: "operations that failed or have no known outcome: a share (%) or a number",
  },
  ok: { units: ["/s"], doc: "successful operations per second" },
  unwritable: { units: ["time"], doc: "longest time in which writes were pending and none succeeded" },
  unreadable: { units: ["time"], doc: "longest time in which reads were pending and none succeeded" },
  "stale-reads": { units: ["", "%"], doc: "stale reads: a number, or a share (%) of the reads" },
} as const satisfies Record<string, { readonly units: readonly Unit[]; readonly doc: string }>;

/** What a limit is: a time in microseconds, a share between 0 and 1, a rate per second, or a plain number. */
export type Unit = "time" | "%" | "/s" | "";

export interface Threshold {
  /** As the user wrote it. */
  readonly text: string;
  readonly metric: Metric;
  readonly comparison: ">" | ">=" | "<" | "<=";
  readonly limit: number;
  readonly unit: Unit;
}

/** Names that users know from other tools. */
const aliases: Readonly<Record<string, string>> = { put: "write", get: "read" };

const written = /^\s*([a-z][\w-]*)(?:\.([\w.]+))?\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(\S*)\s*$/;

const micros: Readonly<Record<string, number>> = { µs: 1, μs: 1, us: 1, ms: 1e3, s: 1e6 };

/** Parses a threshold. `operations`: the names that a history may have. A UsageError says what is wrong with it, and what is known. */
export function parseThreshold(text: string, operations: readonly string[]): Threshold {
  const parts = written.exec(text);
  if (parts === null)
    throw refusal(text, "expected METRIC > LIMIT, such as 'write.p99 > 50ms', with one of > >= < <=");
  const [, name = "", part, comparison, number, unit = ""] = parts;
  const metric = metricOf(text, name, part, operations);
  const limit = limitOf(text, metric, Number(number), unit);
  return { text: text.trim(), metric, comparison: comparison as Threshold["comparison"], ...limit };
}

function metricOf(
  text: string,
  name: string,
  part: string | undefined,
  operations: readonly string[],
): Metric {
  if (Object.hasOwn(plainMetrics, name)) {
    if (part !== undefined) throw refusal(text, `${name} has no ${part}: write ${name} alone`);
    return { name: name as PlainMetric };
  }
  const operation = operations.includes(name) ? name : (aliases[name] ?? name);
  if (!operations.includes(operation)) {
    throw refusal(
      text,
      `unknown metric ${name}. Metrics are ${Object.keys(plainMetrics).join(", ")}, and OPERATION.${latencyParts.join("|")} with the operation ${either([...operations].sort())} (put is write, get is read)`,
    );
  }
  const known = latencyParts.find((one) => one === (part === "p999" ? "p99.9" : part));
  if (known === undefined)
    throw refusal(
      text,
      `expected ${name}.${either(latencyParts)}, not ${part === undefined ? `${name} alone` : part}`,
    );
  return { name: "latency", operation, part: known };
}

function limitOf(text: string, metric: Metric, number: number, unit: string): { limit: number; unit: Unit } {
  const allowed: readonly Unit[] = metric.name === "latency" ? ["time"] : plainMetrics[metric.name].units;
  const kind: Unit | undefined = Object.hasOwn(micros, unit)
    ? "time"
    : [..."%"].includes(unit) || unit === "/s" || unit === ""
      ? (unit as Unit)
      : undefined;
  if (kind === undefined || !allowed.includes(kind))
    throw refusal(
      text,
      `${nameOf(metric)} is compared with ${either(allowed.map((one) => unitWords[one]))}, not with ${number}${unit}`,
    );
  if (kind === "time") return { limit: number * (micros[unit] as number), unit: kind };
  return { limit: kind === "%" ? number / 100 : number, unit: kind };
}

const unitWords: Readonly<Record<Unit, string>> = {
  time: "a time (50ms, 3s, 800µs)",
  "%": "a share (0.1%)",
  "/s": "a rate (400/s)",
  "": "a number",
};

/** `write.p99`, `errors` */
export const nameOf = (metric: Metric): string =>
  metric.name === "latency" ? `${metric.operation}.${metric.part}` : metric.name;

const refusal = (text: string, why: string): UsageError => new UsageError(`--fail-if '${text}': ${why}`);
