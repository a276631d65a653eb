/** Verdicts as run.json stores them, and as earlier versions of Assay stored them. */
import * as z from "zod";
import { staleLane } from "../../checker/reads/stale-lanes.ts";
import type { StaleWindow } from "../../checker/reads/stale-windows.ts";
import { type ErrorCode, errorCodes } from "../../core/errors.ts";
import type {
  Evidence,
  EvidentChange,
  EvidentNotice,
  EvidentWatch,
  ReachedState,
} from "../../core/evidence.ts";
import { type Json, nodeId, type Operation, type Result } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import type { Anomaly, Curve, CurveStep, Lane, MetLimit, Part, Verdict } from "../../core/verdict.ts";

/** Earlier names of checkers and of kinds of anomalies: stored runs are read with the names of today. */
const renamed = {
  checkers: {
    vacuity: "enough-operations",
    "faults-proven": "faults-took-effect",
    nemeses: "faults-injected",
  },
  kinds: {
    vacuous: "too-few-operations",
    "fault-not-proven": "fault-without-effect",
    "never-struck": "fault-not-injected",
  },
} as const satisfies Record<string, Record<string, string>>;

const nameToday = (names: Readonly<Record<string, string>>) =>
  z.string().transform((name) => (Object.hasOwn(names, name) ? (names[name] as string) : name));

/** A schema for each member of `T`: none missing, none of another name. */
export type Members<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> };

export const count = z.int().nonnegative();
export const time = z.number().transform(nanos);
export const node = z.string().transform(nodeId);
export const verdictKind = z.enum(["valid", "unknown", "invalid"]);
const json: z.ZodType<Json> = z.json();
/** The index or time of something that may never have happened: null, because JSON has no Infinity. */
const moment = z
  .number()
  .nullable()
  .transform((at) => at ?? Number.POSITIVE_INFINITY);
/** Error codes of other versions are read as `unknown`. */
const errorCode = z
  .string()
  .transform((code): ErrorCode => (Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : "unknown"));

const result: z.ZodType<Result> = z.looseObject({
  value: json.exactOptional(),
  revision: z.number().exactOptional(),
  modRevision: z.number().exactOptional(),
} satisfies Members<Result>);

const operation: z.ZodType<Operation> = z.looseObject({
  process: z.int(),
  node: node.exactOptional(),
  call: z.looseObject({ f: z.string(), key: z.string().exactOptional(), value: json.exactOptional() }),
  outcome: z.union([
    z.looseObject({ type: z.literal("ok"), output: result }),
    z.looseObject({
      type: z.enum(["fail", "info"]),
      error: z.looseObject({ code: errorCode, definite: z.boolean(), message: z.string() }),
    }),
  ]),
  intendedAt: time.exactOptional(),
  invokedAt: time,
  completedAt: moment.transform(nanos),
  callIndex: count,
  returnIndex: moment,
} satisfies Members<Operation>);
const operations = z.array(operation);
const states: z.ZodType<ReachedState[]> = z.array(
  z.looseObject({ state: z.string(), order: z.array(count) }),
);

const evidentWatch: z.ZodType<EvidentWatch> = z.looseObject({
  name: z.string(),
  process: z.int(),
  node: node.exactOptional(),
  follows: z.string(),
  from: z.number().exactOptional(),
  openedAt: time,
} satisfies Members<EvidentWatch>);

const evidentChange: z.ZodType<EvidentChange> = z.looseObject({
  f: z.enum(["create", "put", "delete"]),
  key: z.string(),
  value: json.exactOptional(),
  revision: z.number().exactOptional(),
  at: time,
  isMissed: z.boolean().exactOptional(),
} satisfies Members<EvidentChange>);

const evidentNotice: z.ZodType<EvidentNotice> = z.looseObject({
  f: z.string(),
  key: z.string().exactOptional(),
  value: json.exactOptional(),
  previous: json.exactOptional(),
  revision: z.number().exactOptional(),
  at: time,
  more: z.boolean().exactOptional(),
  isWrong: z.boolean().exactOptional(),
} satisfies Members<EvidentNotice>);

const evidence: z.ZodType<Evidence> = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("order"),
    operations,
    culprit: count.exactOptional(),
    states: states.exactOptional(),
    moreStates: z.boolean().exactOptional(),
  }),
  z.looseObject({ kind: z.literal("stale"), operations, culprit: count, since: time }),
  z.looseObject({
    kind: z.literal("deliveries"),
    operations,
    culprit: count.exactOptional(),
    watch: evidentWatch,
    changes: z.array(evidentChange),
    received: z.array(evidentNotice),
  }),
]);

const limit: z.ZodType<MetLimit> = z.looseObject({
  name: z.string(),
  node,
  at: time,
  boundMs: z.number(),
  sentence: z.string(),
} satisfies Members<MetLimit>);

/** Earlier versions had no member `evidence`: its members stood in the anomaly itself. */
interface OlderAnomaly {
  readonly operations?: Operation[];
  readonly culprit?: number;
  readonly states?: ReachedState[];
  readonly moreStates?: boolean;
  readonly since?: Nanos;
}

const anomaly: z.ZodType<Anomaly> = z
  .looseObject({
    kind: nameToday(renamed.kinds),
    summary: z.string(),
    key: z.string().exactOptional(),
    known: z.boolean().exactOptional(),
    limit: limit.exactOptional(),
    evidence: evidence.exactOptional(),
    operations: operations.exactOptional(),
    culprit: count.exactOptional(),
    states: states.exactOptional(),
    moreStates: z.boolean().exactOptional(),
    since: time.exactOptional(),
  } satisfies Members<Anomaly & OlderAnomaly>)
  .transform(({ operations = [], culprit, states, moreStates, since, ...today }): Anomaly => {
    if (operations.length === 0) return today;
    if (since !== undefined) {
      const read = culprit ?? operations.length - 1;
      return { ...today, evidence: { kind: "stale", operations, culprit: read, since } };
    }
    const rest = {
      ...(culprit !== undefined && { culprit }),
      ...(states !== undefined && { states }),
      ...(moreStates !== undefined && { moreStates }),
    };
    return { ...today, evidence: { kind: "order", operations, ...rest } };
  });

const lane: z.ZodType<Lane> = z.looseObject({
  label: z.string(),
  node: node.exactOptional(),
  from: time,
  to: time,
  text: z.string(),
  figures: z.record(z.string(), z.number()).exactOptional(),
  colour: z.enum(["wrong", "noticed", "plain"]),
} satisfies Members<Lane>);

const part: z.ZodType<Part> = z.looseObject({
  name: z.string(),
  node: node.exactOptional(),
  figures: z.record(z.string(), z.number()),
} satisfies Members<Part>);

const curveStep: z.ZodType<CurveStep> = z.looseObject({
  at: time,
  count,
  p50Ms: z.number(),
  worstMs: z.number(),
} satisfies Members<CurveStep>);

const curve: z.ZodType<Curve> = z.looseObject({
  label: z.string(),
  node: node.exactOptional(),
  step: time,
  steps: z.array(curveStep),
} satisfies Members<Curve>);

/** Earlier versions stored windows of stale reads in a member of their own. */
const olderWindow: z.ZodType<StaleWindow> = z.looseObject({
  node,
  from: time,
  to: time,
  reads: count,
  worstMs: z.number(),
} satisfies Members<StaleWindow>);

export const verdict: z.ZodType<Verdict> = z
  .looseObject({
    checker: nameToday(renamed.checkers),
    kind: verdictKind,
    summary: z.string(),
    anomalies: z.array(anomaly),
    figures: z.record(z.string(), z.number()).exactOptional(),
    seconds: z.number().exactOptional(),
    parts: z.array(part).exactOptional(),
    lanes: z.array(lane).exactOptional(),
    curves: z.array(curve).exactOptional(),
    staleness: z.array(olderWindow).exactOptional(),
  } satisfies Members<Verdict & { staleness?: StaleWindow[] }>)
  .transform(({ staleness, ...rest }) =>
    staleness === undefined ? rest : { ...rest, lanes: staleness.map(staleLane) },
  );
