/**
 * Codec of run.json and usage.jsonl, which are validated when read: they may come from another version or a user's editor.
 * Each schema must satisfy the type that it reads: a missing member or a different type does not compile.
 */
import * as z from "zod";
import type { KnownLimit } from "../../core/consistency.ts";
import { UsageError } from "../../core/errors.ts";
import type { FaultWindow } from "../../core/fault.ts";
import type {
  Calibration,
  ClientHealth,
  Growth,
  LatencySummary,
  Load,
  Machine,
  OpenLoad,
  Run,
  Target,
  UnsentSpan,
  UsageSample,
  WorkerHealth,
} from "../../core/run.ts";
import type { WatchPromise } from "../../core/watch.ts";
import { sentenceOf } from "./schema-words.ts";
import { count, type Members, node, time, verdict, verdictKind } from "./verdict-codec.ts";

const outcomeType = z.enum(["ok", "fail", "info"]);

const latency: z.ZodType<LatencySummary> = z.looseObject({
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
} satisfies Members<LatencySummary>);

const fault: z.ZodType<FaultWindow> = z.looseObject({
  id: count,
  name: z.string(),
  summary: z.string(),
  nodes: z.array(node),
  cut: z.array(z.tuple([node, node])),
  flapping: z.literal(true).exactOptional(),
  from: time,
  to: time,
  healed: time.exactOptional(),
  proof: z.string().exactOptional(),
  led: node.exactOptional(),
} satisfies Members<FaultWindow>);

const knownLimit: z.ZodType<KnownLimit> = z.looseObject({
  name: z.string(),
  condition: z.enum(["deposed-leader", "new-leader"]),
  boundMs: z.number().nonnegative(),
  leaseMs: z.number().nonnegative().exactOptional(),
  forwarded: z.boolean().exactOptional(),
  sentence: z.string(),
} satisfies Members<KnownLimit>);

const watchPromise: z.ZodType<WatchPromise> = z.looseObject({
  contract: z.enum(["every-event", "latest-state", "one-shot", "key-set"]),
  from: z.boolean(),
  prefix: z.boolean(),
  previous: z.boolean(),
  progress: z.boolean(),
  beforeReads: z.literal(true).exactOptional(),
  atomic: z.boolean(),
} satisfies Members<WatchPromise>);

const load: z.ZodType<Load> = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("open"),
    rate: z.number(),
    parts: z.array(z.looseObject({ from: z.number().positive(), to: z.number().positive() })).exactOptional(),
    arrivals: z.enum(["constant", "poisson"]).exactOptional(),
    retries: count.exactOptional(),
    processes: count,
    seconds: z.number(),
  } satisfies Members<OpenLoad>),
  z.looseObject({ kind: z.literal("closed"), processes: count, seconds: z.number() }),
]);

const machine: z.ZodType<Machine> = z.looseObject({
  cpu: z.string(),
  cores: count,
  memoryBytes: z.number(),
  os: z.string(),
  node: z.string(),
} satisfies Members<Machine>);

const client: z.ZodType<ClientHealth> = z.looseObject({
  sendLagMsP99: z.number(),
  eventLoopUtilization: z.number(),
  gcMs: z.number(),
  ceiling: z.number().exactOptional(),
  limited: z.string().exactOptional(),
  workers: z
    .array(
      z.looseObject({
        sendLagMsP99: z.number(),
        eventLoopUtilization: z.number(),
        gcMs: z.number(),
        cpuShare: z.number(),
        waitShare: z.number().exactOptional(),
        prioritized: z.boolean().exactOptional(),
      } satisfies Members<WorkerHealth>),
    )
    .exactOptional(),
} satisfies Members<ClientHealth>);

const runFile: z.ZodType<Run> = z.looseObject({
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
    limits: z.array(knownLimit).exactOptional(),
  }),
  workloadRun: z
    .looseObject({
      keyPrefix: z.string(),
      options: z.record(z.string(), z.int()),
      convergenceSeconds: z.number().positive().exactOptional(),
      watches: z.record(z.string(), watchPromise).exactOptional(),
      session: z.looseObject({ renewal: z.enum(["counted", "received"]) }).exactOptional(),
      offers: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  revisions: z.enum(["store", "key"]).exactOptional(),
  nodes: z.array(z.looseObject({ id: z.string(), endpoint: z.string() })),
  electionTimeoutMs: z.number().positive().exactOptional(),
  mutant: z.string().exactOptional(),
  load,
  loadClients: z.looseObject({ stride: count, processes: count }).exactOptional(),
  target: z
    .looseObject({
      role: z.enum(["leader", "followers"]),
      nodes: z.array(node),
      changedAt: time.exactOptional(),
    } satisfies Members<Target>)
    .exactOptional(),
  connections: count.exactOptional(),
  growth: z
    .looseObject({
      keys: count,
      memoryBytes: z.number(),
      diskBytes: z.number(),
    } satisfies Members<Growth>)
    .exactOptional(),
  calibration: z
    .looseObject({
      askedRate: z.number(),
      reachedRate: z.number(),
      shares: z.string().exactOptional(),
      kneeRate: z.number().exactOptional(),
      kneeClientLimited: z.literal(true).exactOptional(),
    } satisfies Members<Calibration>)
    .exactOptional(),
  unsent: z
    .array(
      z.looseObject({
        node: z.string(),
        at: time,
        count,
        because: z.enum(["busy", "stopped"]).exactOptional(),
      } satisfies Members<UnsentSpan>),
    )
    .exactOptional(),
  overloaded: z.boolean().exactOptional(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  command: z.string(),
  assay: z.looseObject({ version: z.string(), commit: z.string().exactOptional() }),
  machine,
  operations: z.looseObject({ ok: count, fail: count, info: count }),
  latency: z.array(latency),
  faults: z.array(fault),
  verdicts: z.array(verdict),
  verdict: verdictKind,
  seconds: z.number(),
  phases: z.looseObject({ setUp: z.number(), load: z.number(), check: z.number() }),
  client,
  ended: z.string().exactOptional(),
  lastRevision: z.number().exactOptional(),
} satisfies Members<Run>);

const usageSample: z.ZodType<UsageSample> = z.looseObject({
  time,
  node: z.string(),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  writtenBytes: z.number().exactOptional(),
  networkBytes: z.number().exactOptional(),
  syncs: z.number().exactOptional(),
} satisfies Members<UsageSample>);

/** Decodes a `run.json`; a malformed one is a UsageError that names `file` and the problem. */
export function decodeRun(text: string, file: string): Run {
  return decode(runFile, text, file);
}

/** Decodes the samples of a `usage.jsonl`; an incomplete last line is dropped, as in a history. */
export function decodeUsage(text: string, file: string): UsageSample[] {
  const lines = text.split("\n");
  const whole = lines.slice(0, -1).filter((line) => line.trim() !== "");
  return whole.map((line, i) => decode(usageSample, line, `${file}:${i + 1}`));
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
