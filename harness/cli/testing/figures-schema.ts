/** The part of the schema of `assay bench --json` that is about phases and faults. */
import * as z from "zod";

const micros = z.number().nullable();
const period = z.strictObject({
  seconds: z.number(),
  ok: z.number(),
  fail: z.number(),
  info: z.number(),
  okPerSecond: z.number().nullable(),
  p50: micros,
  p99: micros,
  max: micros,
});

const inPhases = z.strictObject({ healthy: period, fault: period, recovery: period, all: period });

export const phasesSchema = z
  .strictObject({ response: inPhases, service: inPhases.nullable() })
  .describe(
    "the load by phase, latency of ok operations in microseconds; healthy: no fault active, nor in the 3 s before; fault: while one lasted; recovery: the 3 s after; service is null in a closed loop",
  );

const aroundFault = z
  .strictObject({
    before: period,
    during: period,
    after: period,
    failedWrites: z.number(),
    unknownWrites: z.number(),
    healthyAgainSeconds: z.number().nullable(),
  })
  .describe(
    "before and after: at most 5 s, and no other fault; writes: those that were pending while it lasted",
  );

const sinceBegin = z.number().nullable();

export const faultWindowSchema = z
  .strictObject({
    name: z.string(),
    summary: z.string(),
    nodes: z.array(z.strictObject({ node: z.string(), role: z.enum(["leader", "follower", "unknown"]) })),
    fromSeconds: z.number(),
    toSeconds: z.number(),
    proof: z.string().nullable().describe("what shows that it took effect; null if nothing does"),
    leaderKnownSeconds: sinceBegin,
    firstWriteSeconds: sinceBegin,
    firstReadSeconds: sinceBegin,
    withoutAnySeconds: sinceBegin,
    withoutWriteSeconds: sinceBegin,
    withoutReadSeconds: sinceBegin,
    healBeganSeconds: z.number().describe("what came later is no recovery by itself"),
    servedBeforeHeal: z.boolean().describe("whether clients were served again by then, and still were"),
    untilHealed: z
      .strictObject({ any: z.boolean(), writes: z.boolean(), reads: z.boolean() })
      .describe("which of the times without a success lasted until then: they are lower bounds"),
    lostWrites: z.number().nullable().describe("null if no checker looked for lost writes"),
    response: aroundFault,
    service: aroundFault.nullable(),
  })
  .describe(
    "a fault as the report's tables show it; times are since the run's begin, lengths since the fault's, null if that did not happen before the next fault, or there were no such operations",
  );
