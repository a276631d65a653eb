/** The part of the schema of `assay bench --json` that is about studies. */
import * as z from "zod";

const known = z.number().nullable();
const micros = known.describe("response time of ok operations, microseconds; null of too few");
const state = z.enum(["pass", "fail", "not measured"]);

const checkPerf = z
  .strictObject({
    state,
    why: z.string().optional().describe("why rules that are broken do not count"),
    rules: z.array(
      z.strictObject({
        rule: z.enum(["errors", "throughput", "slowest", "deviation"]),
        value: known.describe("operations, operations per second, or microseconds"),
        limit: z.number().describe("the most that passes; throughput must be above it"),
        state,
      }),
    ),
  })
  .describe("the rules of etcdctl check perf");

const dbtester = z
  .strictObject({
    workload: z.string(),
    load: z.enum(["closed", "open"]).describe("closed: capacity; open: latency"),
    clients: z.number(),
    rate: known.describe("operations per second that were requested; null in a closed loop"),
    okPerSecond: z.number(),
    ceiling: known.describe(
      "what the clients reach against a server that answers at once; null if not measured",
    ),
    errors: z.number(),
    operations: z.number(),
    unsent: z.number(),
    p50: micros,
    p99: micros,
    p999: micros,
    max: micros,
    cpuMsPerThousand: known,
    peakMemory: known,
    diskPerThousand: known,
  })
  .describe(
    "what dbtester measures, and what it leaves out; bytes and milliseconds of all nodes, for each 1,000 ok operations",
  );

const step = z.strictObject({
  rate: z.number(),
  okPerSecond: z.number(),
  p50: micros,
  p99: micros,
  done: z.number().describe("share of what was requested"),
  errors: z.number().describe("share of the answers"),
  beyond: z.enum(["not done", "errors", "slow"]).optional().describe("why the rate is beyond the knee"),
  isClientLimited: z.boolean().describe("whether the load generator was late by a tenth of the p99"),
});

const sweep = z
  .strictObject({ steps: z.array(step), knee: step.optional() })
  .describe(
    "the throughput-latency curve of a load of rising steps; knee: the highest rate below which all were borne",
  );

const aging = z
  .strictObject({
    tenths: z.array(
      z.strictObject({
        from: z.number(),
        to: z.number(),
        ok: z.number(),
        notOk: z.number(),
        p50: micros,
        p99: micros,
        max: micros,
        store: known,
        memory: known,
      }),
    ),
    growth: z.strictObject({ p50: known, p99: known, max: known, store: known, memory: known }),
  })
  .describe(
    "tenths of the load, in seconds; bytes of all nodes at their end; growth: the last tenth as a multiple of the first",
  );

const recovery = z
  .strictObject({
    fault: z.string().describe("what struck"),
    faultSeconds: z.number(),
    rate: z.number().describe("operations per second that were requested"),
    share: z.string().optional(),
    kneeRate: z.number().optional().describe("operations per second that 100% is"),
    kneeClientLimited: z.literal(true).optional().describe("the load generator set the knee"),
    retries: z.number(),
    healthyP99: known.describe("microseconds, before the fault"),
    operationsPerRequest: z.number(),
    recovered: z
      .union([z.number(), z.enum(["overloaded", "never"])])
      .describe("seconds from the end of the fault; overloaded: before the fault; never: not while watched"),
    watched: z.number().describe("seconds from the end of the fault to the last request"),
  })
  .describe("whether the cluster came back by itself after the fault, under the load that it had before");

export const studiesSchema = z
  .strictObject({
    "check-perf": checkPerf.optional(),
    dbtester: dbtester.optional(),
    sweep: sweep.optional(),
    aging: aging.optional(),
    recovery: recovery.optional(),
  })
  .describe("figures that only some loads have; those that a run has not are absent");
