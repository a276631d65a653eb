/** Every single run of each candidate, as dots on scales that the candidates share: whether a median stands for its runs. */
import { stripChart } from "../charts/strip.ts";
import type { Measure } from "../data/measure.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatMicros, formatRate, formatShare } from "../numbers.ts";
import { byMeasure } from "../panels/by-measure.ts";
import { stackingTable, text } from "../panels/table.ts";
import { leastForInterval } from "../statistics/bootstrap.ts";
import { type Repeated, repeatedFigure } from "../statistics/repeated.ts";
import type { Candidate } from "./candidates.ts";
import { candidateName, hasService } from "./cells.ts";
import type { RunDigest } from "./digest.ts";
import { enoughFor, type Percentile } from "./operation-figures.ts";
import { amountOf } from "./standing.ts";

interface Quantity {
  readonly name: string;
  /** NaN if a run does not know it. */
  readonly of: (run: RunDigest) => number;
  readonly format: (value: number) => string;
}

/** Undefined if no candidate has more than one run. */
export function singleRuns(candidates: readonly Candidate[]): Html | undefined {
  if (candidates.every(({ runs }) => runs.length < 2)) return undefined;
  const all = candidates.flatMap(({ runs }) => runs);
  const operations = [...new Set(all.flatMap((run) => Object.keys(run.operations)))].sort();
  const latencies = operations.map((f) =>
    tableOf(
      candidates,
      f,
      percentilesOf(f, all).map((percentile) => [
        latencyOf(f, percentile, "response"),
        latencyOf(f, percentile, "service"),
      ]),
    ),
  );
  return html`${latencies}${tableOf(candidates, "all operations", [[throughput], [processor]])}
<p class="note">A dot for each run, on one scale for all systems of a column; hollow if it lies far from the others of its system: such runs are pointed out, and count. The line is the median, the bar its 95% bootstrap interval, or the range of fewer than ${leastForInterval} runs. Chance is the noise floor: how far the medians of two halves of the same runs are apart, in 19 of 20 random splits. Latencies are those of <i>ok</i> operations while healthy. A p99.9 is shown if every run has at least ${enoughFor["p99.9"].toLocaleString("en")} of them.</p>`;
}

/** A percentile of too few operations in any run is left out, or unknown: only the p99.9 is left out, since it seldom is one. */
const percentilesOf = (f: string, runs: readonly RunDigest[]): Percentile[] => {
  const hasTail = runs.every((run) => (run.operations[f]?.response.ok ?? 0) >= enoughFor["p99.9"]);
  return ["p50", "p99", ...(hasTail ? (["p99.9"] as const) : [])];
};

const latencyOf = (f: string, percentile: Percentile, measure: Measure): Quantity => ({
  name: percentile,
  of: (run) => {
    const figures = run.operations[f]?.[measure];
    return figures === undefined || figures.ok < enoughFor[percentile] ? Number.NaN : figures[percentile];
  },
  format: formatMicros,
});

const throughput: Quantity = {
  name: "ok per second",
  of: ({ okPerSecond }) => okPerSecond,
  format: formatRate,
};
const processor: Quantity = {
  name: "Processor time per 1,000 ok",
  of: (run) => amountOf(run, { name: "processor" }),
  format: (ms) => formatMicros(ms * 1e3),
};

/** A column is one quantity, or the same by response and by service time. */
function tableOf(
  candidates: readonly Candidate[],
  caption: string,
  columns: readonly (readonly [Quantity, Quantity?])[],
): Html {
  const rows = candidates.map((candidate) => ({
    cells: [
      candidateName(candidate),
      ...columns.map(([response, service]) =>
        byMeasure({
          response: cellOf(candidate, candidates, caption, response),
          service:
            service !== undefined && hasService(candidates)
              ? cellOf(candidate, candidates, caption, service)
              : undefined,
        }),
      ),
    ],
  }));
  const headings = columns.map(([{ name }]) => text(name));
  return html`<div class="single-runs">${stackingTable(caption, [text("System and read mode"), ...headings], rows)}</div>`;
}

function cellOf(
  candidate: Candidate,
  candidates: readonly Candidate[],
  caption: string,
  { name, of, format }: Quantity,
): Content {
  const figure = repeatedFigure(`${candidate.name} ${caption} ${name}`, candidate.runs.map(of));
  if (figure.median === undefined) return "–";
  const scaled = candidates.flatMap(({ runs }) => runs.map(of));
  const label = `${caption} ${name} of ${candidate.label}, each run: ${figure.values.map(format).join(", ")}`;
  return html`${stripChart([{ label: "", style: 0, figure }], label, scaled)}<span class="under-word">${words(figure, figure.median.value, format)}</span>`;
}

function words({ noise, outliers }: Repeated, median: number, format: (value: number) => string): string {
  const chance = noise === undefined ? "" : `, chance ±${formatShare(noise)}`;
  const far = outliers.length === 0 ? "" : `, ${outliers.length} far from the others`;
  return `${format(median)}${chance}${far}`;
}
