/** Figures of all candidates in one table for each promise, so that reads are only next to reads of the same promise. */
import { recoveryTime } from "../../core/fault.ts";
import { toSeconds } from "../../core/time.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatDuration, formatMicros, formatRate, formatSpan } from "../numbers.ts";
import { byMeasure } from "../panels/by-measure.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import { type Candidate, classWords, loadWords, type ReadClass, readClasses } from "./candidates.ts";
import { amount, candidateName, latencyCell, rankedCell, spread } from "./cells.ts";
import { type Kind, kinds, measured, type RunDigest } from "./digest.ts";
import { enough, type Standings } from "./standing.ts";

export function sideBySide(candidates: readonly Candidate[], standings: Standings): Html {
  const shown = kinds.filter((kind) => candidates.some(({ runs }) => runs.some((run) => run.kinds[kind])));
  const tables = readClasses.flatMap((reads) => {
    const own = candidates.filter((candidate) => candidate.reads === reads);
    return own.length === 0 ? [] : [groupTable(standings, own, shown, reads)];
  });
  return html`${tables}
<p class="note">${byMeasure({ response: "Response time, from when an operation was meant to start,", service: "Service time, from when an operation was sent," })} of <i>ok</i> operations. While healthy, unless it says otherwise: no fault active, nor in the ${toSeconds(recoveryTime)} s before; a p50 of at least ${enough.p50} such operations, a p99 of ${enough.p99}, else a dash. Writes are linearizable in every read mode and are ranked across all tables; reads only within theirs. What is invalid, undecided, overloaded or client-limited ranks nowhere, but for times without a success if only a lag of milliseconds limits it.</p>`;
}

function groupTable(
  standings: Standings,
  own: readonly Candidate[],
  shown: readonly Kind[],
  reads: ReadClass,
): Html {
  const columns = [
    text("System and read mode"),
    text("Load"),
    ...shown.flatMap((kind) => [
      number(`${kind} p50`),
      number(`${kind} p99`),
      number(`${kind} p99 under faults`, `p99 of ${kind}s that started while a fault was active`),
      number(`without a ${kind}`, `longest time in which ${kind}s were pending and none succeeded`),
    ]),
  ];
  const rows = own.map(
    (candidate): Row => ({
      cells: [
        candidateName(candidate),
        load(candidate),
        ...shown.flatMap((kind) => kindCells(candidate, standings, kind)),
      ],
    }),
  );
  return html`<div class="side-by-side">${stackingTable(classWords[reads], columns, rows)}</div>`;
}

function load(candidate: Candidate): Content {
  const lines = [
    loadWords(candidate.runs.map(({ run }) => run.load)),
    html`${spread(candidate, ({ okPerSecond }) => okPerSecond, formatRate)}/s ok`,
    html`healthy for ${spread(candidate, healthySeconds, formatDuration)}`,
  ];
  return html`${lines.map((line) => html`<span class="line-of-load">${line}</span> `)}`;
}

/** How long a run was healthy, by its writes, or by its reads where it has none. */
const healthySeconds = ({ kinds: { write, read } }: RunDigest): number =>
  (write ?? read)?.response.healthy.seconds ?? Number.NaN;

function kindCells(candidate: Candidate, standings: Standings, kind: Kind): Content[] {
  return [
    latencyCell(candidate, standings, { kind, percentile: "p50" }, formatMicros),
    latencyCell(candidate, standings, { kind, percentile: "p99" }, formatMicros),
    underFaults(candidate, kind),
    rankedCell(candidate, standings, { name: "outage", kind }, formatSpan),
  ];
}

const underFaults = (candidate: Candidate, kind: Kind): Content =>
  amount(
    candidate,
    byMeasure({
      response: faultP99(candidate, kind, "response"),
      service: faultP99(candidate, kind, "service"),
    }),
  );

const faultP99 = (candidate: Candidate, kind: Kind, measure: "response" | "service"): Content =>
  spread(
    candidate,
    (run) => {
      const own = run.kinds[kind];
      return own === undefined ? Number.NaN : measured(own, measure).fault.p99;
    },
    formatMicros,
  );
