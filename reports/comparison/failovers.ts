/** How the systems fail over: for each kind of fault the median of all strikes with its interval, and every strike as a dot. */
import { count, partOf } from "../../core/wording.ts";
import {
  type Failover,
  type FailoverMeasure,
  type FailoverMedian,
  failoverMeasures,
  mediansOf,
  pooled,
} from "../data/failover.ts";
import { type HealedTime, healedWords } from "../data/heal.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatFigure, formatSpan } from "../numbers.ts";
import { number, stackingTable, text } from "../panels/table.ts";
import type { Interval } from "../statistics/median-interval.ts";
import type { Candidate } from "./candidates.ts";
import { candidateName } from "./cells.ts";

/** Fewer strikes than this of a kind are what the tables of single runs are for. */
const leastStrikes = 6;

const headings: Readonly<Record<FailoverMeasure, { readonly name: string; readonly title: string }>> = {
  detected: {
    name: "leader lost",
    title: "until the nodes that were not struck no longer named the old leader",
  },
  elected: { name: "new leader", title: "until they named another leader" },
  unwritable: { name: "unwritable", title: "longest time in which writes were pending and none succeeded" },
  unreadable: {
    name: "unreadable",
    title: "longest time in which reads in the run's read mode were pending and none succeeded",
  },
  healthy: { name: "healthy p99", title: "until operations were answered within the healthy p99 again" },
  stale: {
    name: "stale window",
    title: "from the first stale read that was sent to the last that was answered",
  },
  failedWrites: { name: "failed writes", title: "writes that were sent during the fault and had no effect" },
  unknownWrites: {
    name: "unknown writes",
    title: "writes that were sent during the fault, of which nobody knows",
  },
};

interface Struck {
  readonly candidate: Candidate;
  readonly failover: Failover;
}

/** Undefined if no kind of fault struck often enough. */
export function failovers(candidates: readonly Candidate[]): Html | undefined {
  const struck = candidates.flatMap((candidate): Struck[] =>
    pooled(candidate.runs.map((run) => run.failovers))
      .filter(({ strikes }) => strikes >= leastStrikes)
      .map((failover) => ({ candidate, failover })),
  );
  if (struck.length === 0) return undefined;
  const kinds = [...new Set(struck.map(({ failover }) => failover.name))];
  return html`${kinds.map((kind) =>
    ofKind(
      kind,
      struck.filter(({ failover }) => failover.name === kind),
    ),
  )}
<p class="note">Times count from the fault's begin. Each is the median of the strikes that were proven, below it the interval in which the median lies with 95% confidence (order statistics, no assumption about the distribution); a dash: not before the next fault, in most strikes. Served before the heal: the strikes after which writes and reads succeeded again while the fault lasted, and still did when its heal began. ≥: a lower bound, as in enough of the other strikes this lasted until the fault was healed, which is no recovery; the high ends of the intervals allow for that. Faults of the leader may end as soon as the other nodes serve again, so what a healed node does to latency counts as well. Multiples (×) are of the time after which the nodes, as launched here, take a silent leader for failed. Dots: how long writes did not succeed, each strike by itself; hollow: until it was healed.</p>`;
}

function ofKind(kind: string, struck: readonly Struck[]): Html {
  const most = Math.max(
    ...struck.flatMap(({ failover }) =>
      failover.samples.unwritable.map(({ value }) => value).filter(Number.isFinite),
    ),
    0.1,
  );
  const columns = [
    text("System and read mode"),
    number("served before the heal", "strikes after which clients were served again while the fault lasted"),
    ...failoverMeasures.map((measure) => number(headings[measure].name, headings[measure].title)),
  ];
  const rows = struck.map(({ candidate, failover }) => {
    const medians = mediansOf(failover);
    return {
      cells: [
        html`${candidateName(candidate)} <span class="quiet">${count(failover.strikes, "strike")}${failover.unproven > 0 && `, ${failover.unproven} more without proof`}</span>`,
        `${failover.served} of ${failover.strikes}`,
        ...failoverMeasures.map((measure) => cell(measure, medians[measure], timeoutOf(candidate))),
      ],
    };
  });
  const strips = struck.map(
    ({ candidate, failover }) =>
      html`<div><span class="strip-name">${candidate.name}</span>${dots(failover.samples.unwritable, mediansOf(failover).unwritable, most, candidate.style)}</div>`,
  );
  return html`<div class="failovers">${stackingTable(kind, columns, rows)}
<div class="strips"><p class="quiet">Unwritable, each strike, from 0 to ${formatSpan(most)}</p>${strips}</div></div>`;
}

const timeoutOf = ({ runs }: Candidate): number | undefined => runs[0]?.run.electionTimeoutMs;

const writesCounted: ReadonlySet<FailoverMeasure> = new Set(["failedWrites", "unknownWrites"]);

function cell(measure: FailoverMeasure, found: FailoverMedian, timeoutMs: number | undefined): Content {
  const { median, low, high, isLowerBound } = found;
  const format = writesCounted.has(measure) ? formatFigure : formatSpan;
  const multiple =
    timeoutMs !== undefined && measure === "unwritable" && Number.isFinite(median)
      ? html` <span class="quiet">${((median * 1e3) / timeoutMs).toFixed(1)}×</span>`
      : undefined;
  const range = Number.isNaN(low)
    ? undefined
    : html`<span class="interval">${low === high ? "always" : `${format(low)} to ${Number.isFinite(high) ? format(high) : "…"}`}</span>`;
  return html`<span class="amount">${healedWords({ value: median, untilHealed: isLowerBound }, format)}${multiple}${range}</span>`;
}

const width = 640;
const height = 26;
const margin = 6;

/**
 * Every strike at its time, hollow if it was ended by the heal, the median as a tick and its interval as a bar. Those that never
 * ended stand at the right end.
 */
function dots(
  samples: readonly HealedTime[],
  { median, low, high }: Interval,
  most: number,
  style: number,
): Html {
  const x = (seconds: number) =>
    (margin + (Math.min(seconds, most) / most) * (width - 2 * margin)).toFixed(1);
  const middle = height / 2;
  const points = samples.map(
    ({ value, untilHealed }, i) =>
      html`<circle cx="${x(value)}" cy="${(middle + ((i % 5) - 2) * 2.5).toFixed(1)}" r="2" class="dot${Number.isFinite(value) ? untilHealed && " healed" : " never"}"/>`,
  );
  const ended = samples.filter(({ value }) => Number.isFinite(value)).length;
  const healed = samples.filter(({ untilHealed }) => untilHealed).length;
  const label = `${
    Number.isFinite(median)
      ? `median ${formatSpan(median)} of ${count(samples.length, "strike")}`
      : `ended after ${partOf(ended, samples.length, "strike")}`
  }${healed > 0 ? `; ${healed} of them until it was healed` : ""}`;
  return html`<svg class="chart dots hue-${style}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">
<line class="axis" x1="${margin}" x2="${width - margin}" y1="${height - 1}" y2="${height - 1}"/>
${Number.isFinite(low) && html`<line class="interval-bar" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}"/>`}
${points}
${Number.isFinite(median) && html`<line class="median" x1="${x(median)}" x2="${x(median)}" y1="2" y2="${height - 3}"/>`}
</svg>`;
}
