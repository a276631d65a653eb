/** Whether a system bears a load by the rules of `etcdctl check perf`: errors, throughput, slowest request, standard deviation. */
import { errorsOf } from "../data/errors.ts";
import { tookMicros } from "../data/measure.ts";
import { okPerSecond } from "../data/run-figures.ts";
import { isAskedFor } from "./names.ts";
import type { Studied } from "./study.ts";

/** `not measured`: the rule is broken, but that says nothing about the system. */
export type CheckState = "pass" | "fail" | "not measured";

export interface CheckedRule {
  readonly rule: keyof typeof limits;
  /** Operations, operations per second, or microseconds; NaN if nothing succeeded. */
  readonly value: number;
  /** What `value` must be at most; throughput must be above it. */
  readonly limit: number;
  readonly state: CheckState;
}

export interface CheckPerf {
  /** `fail` if a rule fails, else `not measured` if one is that. */
  readonly state: CheckState;
  /** Clause: why rules that are broken do not count. */
  readonly why?: string;
  readonly rules: readonly CheckedRule[];
}

/** Share of the requested rate, number of errors, and microseconds: etcdctl/ctlv3/command/check.go. */
const limits = { errors: 0, throughput: 0.9, slowest: 500_000, deviation: 100_000 } as const;

export function checkPerfOf({ run, operations, end }: Studied): CheckPerf | undefined {
  if (!isAskedFor(run, "check-perf") || run.load.kind !== "open") return undefined;
  const times = operations
    .filter(({ outcome }) => outcome.type === "ok")
    .map((operation) => tookMicros(operation, "response", end));
  const why = whyNot(run);
  const judged = (rule: CheckedRule["rule"], value: number, limit: number, holds: boolean): CheckedRule => ({
    rule,
    value,
    limit,
    state: why?.all === true ? "not measured" : holds ? "pass" : why === undefined ? "fail" : "not measured",
  });
  const [throughput, least] = [okPerSecond(operations), run.load.rate * limits.throughput];
  const { errors } = errorsOf(operations);
  const slowest = times.reduce((most, time) => Math.max(most, time), times.length === 0 ? Number.NaN : 0);
  const deviation = deviationOf(times);
  const rules = [
    judged("errors", errors, limits.errors, errors <= limits.errors),
    judged("throughput", throughput, least, throughput > least),
    judged("slowest", slowest, limits.slowest, slowest <= limits.slowest),
    judged("deviation", deviation, limits.deviation, deviation <= limits.deviation),
  ];
  const state = (["fail", "not measured"] as const).find((one) => rules.some((rule) => rule.state === one));
  return { state: state ?? "pass", ...(why !== undefined && { why: why.words }), rules };
}

/** Why a broken rule, or any (`all`), says nothing about the system. A rule that holds although the client was late holds all the more. */
function whyNot({ verdict, client }: Studied["run"]): { words: string; all: boolean } | undefined {
  if (verdict === "invalid")
    return { words: "the system broke a promise, so its speed is worth nothing", all: true };
  if (verdict === "unknown")
    return { words: "nothing was decided about the system's answers, so its speed shows nothing", all: true };
  return client.limited === undefined
    ? undefined
    : { words: `client-limited: ${client.limited}`, all: false };
}

/** Standard deviation of the whole population, as etcdctl computes it; NaN if there are no values. */
function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
