/** The verdict on delivery in time: lag and liveness, in figures and in lanes. */
import { nanos } from "../../../core/time.ts";
import type { Lane, Part, Verdict } from "../../../core/verdict.ts";
import { count, duration } from "../../../core/wording.ts";
import type { Analysis } from "../analysis.ts";
import type { Tally } from "../judges/judging.ts";
import type { Finding } from "./findings.ts";
import { nameOf } from "./words.ts";

/** More would fill pages. */
const listedWatchers = 60;
const nothing = "no watch received anything, so nothing shows that watches work";

/** Adds to the verdict what was measured. Without a single event it is `unknown`. */
export function deliveryVerdict(verdict: Verdict, analysis: Analysis): Verdict {
  const { tallies, lags, received, watches } = analysis;
  const sum = (name: "due" | "late" | "missed" | "skipped") =>
    tallies.reduce((total, tally) => total + tally[name], 0);
  const measured = lags.figures();
  const figures = {
    watches: watches.length,
    "events due": sum("due"),
    received,
    late: sum("late"),
    missed: sum("missed"),
    ...(sum("skipped") > 0 && { "skipped, as the contract allows": sum("skipped") }),
    ...measured,
  };
  const lanes = [...lags.lanes(), ...wrongLanes(analysis)].sort((a, b) => a.from - b.from);
  const whole = { ...verdict, figures, lanes, curves: lags.curves(), parts: watchers(analysis) };
  if (received === 0 && verdict.kind === "valid") {
    const anomalies = [{ kind: "too-few-operations", summary: nothing }];
    return { ...whole, kind: "unknown", summary: nothing, anomalies };
  }
  return verdict.kind === "valid"
    ? { ...whole, summary: summaryOf(analysis, sum("skipped"), measured) }
    : whole;
}

/** One line for each watcher: a process and all watches that it had. The one with the worst lag comes first. */
function watchers({ tallies }: Analysis): Part[] {
  const byProcess = new Map<number, Tally[]>();
  for (const tally of tallies) {
    const own = byProcess.get(tally.watch.process);
    if (own === undefined) byProcess.set(tally.watch.process, [tally]);
    else own.push(tally);
  }
  const parts = [...byProcess].map(([process, own]): Part => {
    const sum = (name: "due" | "received" | "late" | "missed") =>
      own.reduce((total, tally) => total + tally[name], 0);
    const node = own[0]?.watch.node;
    const lags = own.flatMap(({ worstLagMs }) => (worstLagMs === undefined ? [] : [worstLagMs]));
    return {
      name: `process ${process}`,
      ...(node !== undefined && { node }),
      figures: {
        watches: own.length,
        "events due": sum("due"),
        received: sum("received"),
        late: sum("late"),
        missed: sum("missed"),
        ...(lags.length > 0 && { "worst lag ms": Math.max(...lags) }),
      },
    };
  });
  const badness = ({ figures }: Part) => (figures["missed"] ?? 0) + (figures["late"] ?? 0);
  const lag = ({ figures }: Part) => figures["worst lag ms"] ?? Number.NEGATIVE_INFINITY;
  return parts.sort((a, b) => badness(b) - badness(a) || lag(b) - lag(a)).slice(0, listedWatchers);
}

function summaryOf(
  { watches, received, deadlines }: Analysis,
  skipped: number,
  measured: Readonly<Record<string, number>>,
): string {
  const worst = measured["lag worst ms"];
  const p99 = measured["lag p99 ms"];
  const lag =
    worst === undefined || p99 === undefined
      ? ""
      : `, 99% within ${duration(Math.max(0, p99) * 1e6)} and the last ${duration(Math.max(0, worst) * 1e6)} after acknowledgement without faults`;
  const less = skipped === 0 ? "" : `; ${count(skipped, "change")} skipped, as the contract allows`;
  return `${count(received, "event")} reached ${count(watches.length, "watch", "watches")} within ${duration(deadlines.bound)} of calm${lag}${less}`;
}

/** Changes that did not come in time, from when they were known until they were due, or came. */
function wrongLanes({ findings }: Analysis): Lane[] {
  const kinds = [
    "missed-event",
    "event-not-delivered",
    "state-not-delivered",
    "late-event",
    "compaction-not-reported",
  ] as const;
  return kinds.flatMap((kind) => findings.of(kind)).flatMap(laneOf);
}

function laneOf({ watch, change, version, notice, deadline }: Finding): Lane[] {
  const from = change?.known.time ?? version?.knownTime;
  if (from === undefined) return [];
  const key = change?.key ?? version?.key ?? "";
  const to = nanos(Math.max(from, notice?.time ?? deadline ?? from));
  return [
    {
      label: notice === undefined ? "missed changes" : "late events",
      ...(watch.node !== undefined && { node: watch.node }),
      from,
      to,
      text: `${nameOf(watch)}: ${key}${change === undefined ? "" : ` at revision ${change.revision}`}`,
      colour: "wrong",
    },
  ];
}
