/** The harness's own verdicts on a run, next to those of the checkers: whether it measured what it claims. */

import type { Checker } from "../../checker/checker.ts";
import { enoughOperations } from "../../checker/enough-operations.ts";
import { faultsTookEffect } from "../../checker/faults-took-effect.ts";
import { runCheckers } from "../../checker/run-checkers.ts";
import { type FaultWindow, faultWindows, recoveryTime } from "../../core/fault.ts";
import { rateText, requestedUntil } from "../../core/load/rate.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import { isOfLoad, type OpenLoad } from "../../core/run.ts";
import { type Nanos, nanos, toSeconds } from "../../core/time.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { count } from "../../core/wording.ts";
import { meanConcurrency } from "../load/little.ts";
import type { Unsent } from "../load/load.ts";
import type { LoadSummary } from "../load/summary.ts";
import { plannedSteps, stepName } from "../nemesis/pace.ts";
import { killClient } from "../nemesis/workers.ts";
import type { TrialContext } from "./context.ts";

/** Largest deviation from Little's law allowed for a closed load. */
const littleTolerance = 0.03;
/** An open load is overloaded if more than this share of operations was never sent. */
const overloadedShare = 0.01;

/** Runs all checkers on the history, those of the workload first. */
export async function judge(
  context: TrialContext,
  nodes: readonly NodeId[],
  operations: readonly Operation[],
  { load, ended }: { readonly load: LoadSummary | undefined; readonly ended: string | undefined },
): Promise<Verdict[]> {
  const { deps, spec, recorder, workload } = context;
  const checkers: Checker[] = [
    ...deps.workload.checkers({ ...workload, nodes }),
    enoughOperations({ needs: deps.workload.needs }),
    faultsTookEffect(),
  ];
  const verdicts = await runCheckers(checkers, recorder.history, {
    promises: workload.promises,
    ...spec.checking,
    now: () => toSeconds(deps.clock.now()),
  });
  const early = endedEarly(ended);
  if (load === undefined) return [...verdicts, ...early];
  return [
    ...verdicts,
    ...early,
    struckVerdict(context),
    recoveryVerdict(load),
    ...(load.loadProcesses === 0 ? [] : [loadVerdict(context, operations, load)]),
  ];
}

/** The verdict's name. */
export const endedEarlyName = "run";

/** A run that ended early did less than planned, so it can never be valid. */
export function endedEarly(why: string | undefined): Verdict[] {
  if (why === undefined) return [];
  const summary = `the run ended early: ${why}`;
  return [
    { checker: endedEarlyName, kind: "unknown", summary, anomalies: [{ kind: "ended-early", summary }] },
  ];
}

/** Checks that each requested nemesis was injected at least once, and says if fewer faults were than planned. */
function struckVerdict({ deps, spec, random, recorder }: TrialContext): Verdict {
  const faults = faultWindows(recorder.history);
  const struck = new Set(faults.map(({ name }) => name));
  const idle = deps.nemeses.filter((step) => step.some(({ name }) => !struck.has(name)));
  const anomalies = idle.map(
    (step): Anomaly => ({
      kind: "fault-not-injected",
      summary: `the nemesis ${stepName(step)} was never injected`,
    }),
  );
  const planned = plannedSteps(deps.nemeses, spec, random.fork("nemesis"), spec.load.seconds).flat().length;
  const fewer =
    faults.length < planned
      ? `, but only ${faults.length} of ${count(planned, "planned fault")}: the cluster took longer than the gaps to recover, or a fault found nothing to strike`
      : "";
  const fine =
    deps.nemeses.length === 0 ? "no faults were requested" : `every requested nemesis was injected${fewer}`;
  return verdict("faults-injected", anomalies, fine);
}

function recoveryVerdict({ lost }: LoadSummary): Verdict {
  const anomalies = lost.map(
    (node): Anomaly => ({
      kind: "not-recovered",
      summary: `${node} did not become ready again after every fault was healed`,
    }),
  );
  return verdict("recovery", anomalies, "every node became ready again after the faults");
}

/** Whether the load was what it claims to have been. */
function loadVerdict(
  { recorder }: TrialContext,
  operations: readonly Operation[],
  summary: LoadSummary,
): Verdict {
  const { load, loadEndedAt, loadProcesses, stride } = summary;
  const mine = operations.filter(({ process }) => isOfLoad(process, { stride, processes: loadProcesses }));
  const asked = mine.filter(({ invokedAt }) => invokedAt <= loadEndedAt);
  if (load.kind === "open") return openVerdict(asked, load, summary, faultWindows(recorder.history));
  const concurrency = meanConcurrency(mine, nanos(0), loadEndedAt);
  // Who is killed waits for nothing until another takes its place.
  const killed = faultWindows(recorder.history).some(({ name }) => name === killClient.name);
  const off = killed ? 0 : Math.abs(concurrency / load.processes - 1);
  const words = `${count(load.processes, "client")} had ${concurrency.toFixed(2)} operations in flight on average (Little's law)`;
  const anomalies =
    off > littleTolerance ? [{ kind: "littles-law", summary: `${words}, off by more than 3%` }] : [];
  const achieved = asked.length / Math.max(toSeconds(loadEndedAt), Number.EPSILON);
  const figures = { "operations per second": achieved, "mean concurrency": concurrency };
  return { ...verdict("load", anomalies, words), figures };
}

/** Operations that were due were sent, failed at a node that refused connections, or were not sent because no process was free. */
function openVerdict(
  asked: readonly Operation[],
  load: OpenLoad,
  { loadEndedAt, unsent }: LoadSummary,
  faults: readonly FaultWindow[],
): Verdict {
  const refused = asked.filter(
    ({ outcome }) => outcome.type === "fail" && outcome.error.code === "not-connected",
  ).length;
  const sent = asked.length - refused;
  const achieved = sent / Math.max(toSeconds(loadEndedAt), Number.EPSILON);
  const stopped = total(unsent.filter(({ because }) => because === "stopped"));
  const never = total(unsent) - stopped;
  const overloaded = isOverloaded(unsent, asked.length, faults) ? "overloaded: " : "";
  const requested =
    requestedUntil(load, toSeconds(loadEndedAt)) / Math.max(toSeconds(loadEndedAt), Number.EPSILON);
  const shaped = load.parts === undefined ? "" : ` (${requested.toFixed(1)} on average)`;
  const parts = [
    `${overloaded}${rateText(load)} operations/s requested${shaped}, ${achieved.toFixed(1)} sent`,
    ...(refused > 0 ? [`${count(refused, "operation")} failed because a node refused connections`] : []),
    ...(never > 0 ? [`${count(never, "operation")} not sent: no client of their node was free`] : []),
    ...(stopped > 0
      ? [`${count(stopped, "operation")} not sent: their load worker was paused or killed`]
      : []),
  ];
  const figures = {
    "operations per second": achieved,
    "requested per second": requested,
    "never sent": never,
    refused,
  };
  return { ...verdict("load", [], parts.join("; ")), figures };
}

/**
 * Whether an open load was more than the healthy cluster could take: more than 1% of its operations were not sent although no
 * fault was active. The one rule for this, in run.json and in reports.
 */
export function isOverloaded(
  unsent: readonly Unsent[],
  sent: number,
  faults: readonly FaultWindow[],
): boolean {
  const busy = unsent.filter(({ at, because }) => because === "busy" && !isDisturbed(at, faults));
  return total(busy) > sent * overloadedShare;
}

const total = (spans: readonly Unsent[]): number => spans.reduce((sum, span) => sum + span.count, 0);

/** Whether a fault was active then, or had ended only just before. */
export const isDisturbed = (at: Nanos, faults: readonly FaultWindow[]): boolean =>
  faults.some(({ from, to }) => at >= from && at <= to + recoveryTime);

function verdict(checker: string, anomalies: readonly Anomaly[], fine: string): Verdict {
  const kind = anomalies.length === 0 ? "valid" : "unknown";
  return { checker, kind, summary: anomalies[0]?.summary ?? fine, anomalies };
}
