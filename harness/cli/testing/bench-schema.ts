/** The schema of `assay bench --json`, from which docs/bench.schema.json is made. */
import * as z from "zod";
import { faultWindowSchema, phasesSchema } from "./figures-schema.ts";
import { studiesSchema } from "./studies-schema.ts";

const kind = z.enum(["valid", "unknown", "invalid"]);
const counts = z.strictObject({ ok: z.number(), fail: z.number(), info: z.number() });
const worker = z.strictObject({
  sendLagMsP99: z.number(),
  eventLoopUtilization: z.number(),
  gcMs: z.number(),
  cpuShare: z.number(),
  waitShare: z
    .number()
    .optional()
    .describe("share of the load in which it was ready to run and had no processor"),
  prioritized: z.boolean().optional().describe("whether it could run before other processes"),
});
const amount = z.number().nullable();
const cost = z
  .strictObject({
    processorMsPerThousandOk: amount,
    peakMemoryBytes: amount,
    diskBytes: amount.describe("data directories at the end"),
    diskBytesPerThousandOk: amount.describe("growth; negative after a compaction"),
    writtenBytesPerThousandOk: amount.describe("written to storage by the nodes' processes"),
    networkBytesPerThousandOk: amount.describe("sent and received, clients included"),
    fsyncsPerThousandOk: amount.describe(
      "calls of fsync and fdatasync for the log, as the system counts them",
    ),
    memoryBytesPerKey: amount,
    diskBytesPerKey: amount,
  })
  .describe(
    "what all nodes used, null for what is not known; per key: their growth while at least 1,000 keys were put in place before the load",
  );
const { cpuShare: _, waitShare: _wait, prioritized: _prioritized, ...health } = worker.shape;

const latency = z
  .strictObject({
    f: z.string(),
    outcome: z.enum(["ok", "fail", "info"]),
    measure: z.enum(["response", "service"]),
    count: z.number(),
    mean: z.number(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    p999: z.number(),
    max: z.number(),
  })
  .describe("microseconds; response counts from the intended start, service from the send");

const median = z.strictObject({
  median: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  isLowerBound: z
    .boolean()
    .describe(
      "whether the median would be higher if times had not been cut short by heals; high allows for that",
    ),
});

const failover = z
  .strictObject({
    name: z.string(),
    strikes: z.number(),
    unproven: z.number(),
    servedBeforeHeal: z
      .number()
      .describe(
        "strikes after which clients were served again while the fault lasted, and still were at its end",
      ),
    detected: median.describe("until the nodes that were not struck no longer named the old leader"),
    elected: median.describe("until they named another one"),
    unwritable: median,
    unreadable: median,
    healthy: median.describe("until operations were answered within the healthy p99 again"),
    stale: median.describe("from the first stale read that was sent to the last that was answered"),
    failedWrites: median,
    unknownWrites: median,
  })
  .describe(
    "medians of all proven strikes of one kind of fault, with 95% intervals, in seconds or numbers of writes; null: not before the next fault, not known because of heals, or too few strikes for an interval",
  );

const name = {
  system: z.string(),
  version: z.string().describe("unknown if your own cluster does not say"),
  runtime: z.string(),
  workload: z.string(),
  readMode: z.string(),
  seed: z.number(),
};

const threshold = z.strictObject({
  text: z.string().describe("as it was typed"),
  state: z.enum(["passed", "failed", "no-data"]).describe("no-data fails the command as well"),
  value: z
    .number()
    .nullable()
    .describe("microseconds, a share, a rate per second or a number; null without data"),
  sentence: z.string(),
  ...name,
  dir: z.string(),
});

const run = z.strictObject({
  ...name,
  seconds: z.number().describe("length of the whole run"),
  verdict: kind,
  knownLimitFound: z.boolean(),
  knownLimits: z.array(z.looseObject({})),
  staleReads: z
    .strictObject({ reads: z.number(), stale: z.number(), worstMs: z.number(), share: z.number() })
    .nullable()
    .describe("null if not measured"),
  operations: counts,
  latency: z.array(latency),
  rates: z
    .strictObject({ requested: z.number().nullable(), sent: z.number().nullable(), ok: z.number() })
    .describe("operations per second; requested is null in a closed loop"),
  outages: z
    .strictObject({ writeSeconds: z.number().nullable(), readSeconds: z.number().nullable() })
    .describe(
      "longest time in which operations of a kind were pending and none succeeded; null without such operations",
    ),
  target: z
    .strictObject({
      role: z.enum(["leader", "followers"]),
      nodes: z.array(z.string()).describe("those that had the role at the start of the load"),
      changedAtSeconds: z.number().nullable().describe("when another leader was first seen; null: never"),
    })
    .nullable()
    .describe("the nodes that clients were pinned to; null: all nodes"),
  connections: z
    .number()
    .nullable()
    .describe("connections to each node that the clients of one load worker shared; null: each had its own"),
  client: z
    .strictObject({
      ...health,
      ceiling: z
        .number()
        .optional()
        .describe(
          "operations per second that the clients of a closed loop can do against a server that answers at once",
        ),
      limited: z.string().optional(),
      workers: z.array(worker).optional(),
    })
    .describe("how the load generator fared; limited says why it, and not the system, set the figures"),
  cost: cost.nullable(),
  overloaded: z
    .boolean()
    .nullable()
    .describe("whether the load was more than the healthy cluster could take"),
  faults: z.array(z.strictObject({ name: z.string(), windows: z.number(), proven: z.number() })),
  phases: phasesSchema,
  faultWindows: z.array(faultWindowSchema),
  failovers: z.array(failover),
  studies: studiesSchema,
  anomalies: z.array(z.looseObject({ kind: z.string(), summary: z.string() })),
  figures: z.record(z.string(), z.number()),
  staleness: z.array(
    z.looseObject({ node: z.string(), windows: z.number(), reads: z.number(), worstMs: z.number() }),
  ),
  dir: z.string(),
  report: z.string(),
  error: z.string().optional().describe("why the run failed, if it did"),
});

export const benchSchema = z.object({
  thresholds: z.array(threshold).describe("each of --fail-if in each run, those that failed first"),
  verdict: kind.describe("the worst of all runs"),
  seconds: z.number(),
  runs: z.array(run),
  comparison: z.string().optional().describe("the page that compares the runs, if there are several"),
});
