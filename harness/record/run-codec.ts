/** run.json and usage.jsonl, checked when they are read: they may come from another version, or from a user's editor. */
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import type { Run, UsageSample } from "../../core/run.ts";
import { sentenceOf } from "./schema-words.ts";

const count = z.int().nonnegative();
/** JSON has no Infinity: what never happened is null. */
const moment = z
  .number()
  .nullable()
  .transform((time) => time ?? Number.POSITIVE_INFINITY);
const verdictKind = z.enum(["valid", "unknown", "invalid"]);
const outcomeType = z.enum(["ok", "fail", "info"]);

const operation = z.looseObject({
  process: z.int(),
  node: z.string().optional(),
  call: z.looseObject({ f: z.string(), key: z.string().optional(), value: z.json().optional() }),
  outcome: z.union([
    z.looseObject({ type: z.literal("ok"), output: z.looseObject({}) }),
    z.looseObject({
      type: z.enum(["fail", "info"]),
      error: z.looseObject({ code: z.string(), definite: z.boolean(), message: z.string() }),
    }),
  ]),
  intendedAt: z.number().optional(),
  invokedAt: z.number(),
  completedAt: moment,
  callIndex: count,
  returnIndex: moment,
});

const anomaly = z.looseObject({
  kind: z.string(),
  summary: z.string(),
  key: z.string().optional(),
  operations: z.array(operation).optional(),
  culprit: count.optional(),
  states: z.array(z.looseObject({ state: z.string(), order: z.array(count) })).optional(),
  moreStates: z.boolean().optional(),
  known: z.boolean().optional(),
  limit: z
    .looseObject({
      name: z.string(),
      node: z.string(),
      at: z.number(),
      boundMs: z.number(),
      sentence: z.string(),
    })
    .optional(),
});

const verdict = z.looseObject({
  checker: z.string(),
  kind: verdictKind,
  summary: z.string(),
  anomalies: z.array(anomaly),
  figures: z.record(z.string(), z.number()).optional(),
  seconds: z.number().optional(),
});

const latency = z.looseObject({
  f: z.string(),
  outcome: outcomeType,
  measure: z.enum(["response", "service"]),
  count,
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  p999: z.number(),
  max: z.number(),
  spectrum: z.array(z.tuple([z.number(), z.number()])),
});

const fault = z.looseObject({
  id: count,
  name: z.string(),
  summary: z.string(),
  nodes: z.array(z.string()),
  cut: z.array(z.tuple([z.string(), z.string()])),
  from: z.number(),
  to: z.number(),
  proof: z.string().optional(),
  led: z.string().optional(),
});

const knownLimit = z.looseObject({
  name: z.string(),
  condition: z.enum(["deposed-leader", "new-leader"]),
  boundMs: z.number().nonnegative(),
  leaseMs: z.number().nonnegative().optional(),
  forwarded: z.boolean().optional(),
  sentence: z.string(),
});

const load = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("open"), rate: z.number(), processes: count, seconds: z.number() }),
  z.looseObject({ kind: z.literal("closed"), processes: count, seconds: z.number() }),
]);

const runFile = z.looseObject({
  version: z.literal(1),
  id: z.string(),
  startedAt: z.iso.datetime(),
  seed: z.int(),
  system: z.looseObject({ name: z.string(), version: z.string() }),
  runtime: z.string(),
  workload: z.string(),
  nemeses: z.array(z.string()),
  readMode: z.looseObject({
    name: z.string(),
    promises: z.enum(["linearizable", "linearizable-known-limits", "sequential", "stale-monotonic", "stale"]),
    limits: z.array(knownLimit).optional(),
  }),
  workloadRun: z
    .looseObject({
      keyPrefix: z.string(),
      options: z.record(z.string(), z.int()),
      convergenceSeconds: z.number().positive().optional(),
    })
    .optional(),
  revisions: z.enum(["store", "key"]).optional(),
  nodes: z.array(z.looseObject({ id: z.string(), endpoint: z.string() })),
  mutant: z.string().optional(),
  load,
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  command: z.string(),
  assay: z.looseObject({ version: z.string(), commit: z.string().optional() }),
  machine: z.looseObject({
    cpu: z.string(),
    cores: count,
    memoryBytes: z.number(),
    os: z.string(),
    node: z.string(),
  }),
  operations: z.looseObject({ ok: count, fail: count, info: count }),
  latency: z.array(latency),
  faults: z.array(fault),
  verdicts: z.array(verdict),
  verdict: verdictKind,
  seconds: z.number(),
  phases: z.looseObject({ setUp: z.number(), load: z.number(), check: z.number() }),
  client: z.looseObject({
    sendLagMsP99: z.number(),
    eventLoopUtilization: z.number(),
    gcMs: z.number(),
    limited: z.string().optional(),
  }),
  ended: z.string().optional(),
  lastRevision: z.number().optional(),
});

const usageSample = z.looseObject({
  time: z.number(),
  node: z.string(),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
});

/** The run of a `run.json`; a UsageError that names `file` and what is wrong where it is none. */
export function decodeRun(text: string, file: string): Run {
  return decode(runFile, text, file) as unknown as Run;
}

/** The samples of a `usage.jsonl`; a last line without its end is dropped, as in a history. */
export function decodeUsage(text: string, file: string): UsageSample[] {
  const lines = text.split("\n");
  const whole = lines.slice(0, -1).filter((line) => line.trim() !== "");
  return whole.map((line, i) => decode(usageSample, line, `${file}:${i + 1}`) as unknown as UsageSample);
}

function decode<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (reason) {
    throw new UsageError(`${where}: expected JSON (${(reason as Error).message})`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${where}: ${sentenceOf(parsed.error, json)}`);
}
