/** Failover, staleness and cost as bars: those of one column share a scale. */
import { measuredStaleness } from "../../checker/reads/measured-staleness.ts";
import { knownLimits } from "../../core/verdict.ts";
import { count } from "../../core/wording.ts";
import { type Content, type Html, html } from "../html.ts";
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatMicros,
  formatShare,
  formatSpan,
  signedBytes,
} from "../numbers.ts";
import { type Heading, stackingTable, text } from "../panels/table.ts";
import { medianOf } from "../statistics/median.ts";
import type { Candidate } from "./candidates.ts";
import { candidateName, gauge, rankedCell, spread } from "./cells.ts";
import { kinds, leaderStrikes, type RunDigest } from "./digest.ts";
import { amountOf, type Figure, isFit, type Standings } from "./standing.ts";

interface Column {
  readonly heading: Heading;
  /** Length of the bar; NaN if it is not known. */
  readonly value: (run: RunDigest) => number;
  readonly cell: (candidate: Candidate) => Content;
}

/** `isResult`: whether a candidate's bars are drawn as results. */
function barTable(
  candidates: readonly Candidate[],
  columns: readonly Column[],
  last: Column | undefined,
  isResult: (candidate: Candidate) => boolean = (candidate) => isFit(candidate),
): Html {
  const middle = ({ runs }: Candidate, { value }: Column) => {
    const values = runs.map(value);
    return values.every(Number.isFinite) ? medianOf(values) : Number.NaN;
  };
  const most = columns.map((column) =>
    candidates
      .map((candidate) => middle(candidate, column))
      .filter(Number.isFinite)
      .reduce((a, b) => Math.max(a, b), 0),
  );
  const rows = candidates.map((candidate) => ({
    cells: [
      candidateName(candidate),
      ...columns.map((column, i) =>
        gauge(middle(candidate, column), most[i] ?? 0, column.cell(candidate), isResult(candidate)),
      ),
      ...(last === undefined ? [] : [last.cell(candidate)]),
    ],
  }));
  const headings = [...columns, ...(last === undefined ? [] : [last])].map(({ heading }) => heading);
  return html`<div class="bars">${stackingTable(undefined, [text("System and read mode"), ...headings], rows)}</div>`;
}

/** Longest times without a success, under the faults of each run. Undefined if no run had faults. */
export function failover(candidates: readonly Candidate[], standings: Standings): Html | undefined {
  if (candidates.every(({ runs }) => runs.every(({ faults }) => faults.length === 0))) return undefined;
  const columns = kinds.map((kind): Column => {
    const figure: Figure = { name: "outage", kind };
    return {
      heading: text(`Longest without a successful ${kind}`),
      value: (run) => amountOf(run, figure),
      cell: (candidate) => rankedCell(candidate, standings, figure, formatSpan),
    };
  });
  const faults: Column = {
    heading: text("Faults"),
    value: () => Number.NaN,
    cell: ({ runs }) => {
      const windows = runs.flatMap((run) => run.faults);
      const proven = windows.filter(({ proof }) => proof !== undefined).length;
      const strikes = runs.reduce((sum, run) => sum + leaderStrikes(run), 0);
      return `${count(proven, "proven fault")}, ${strikes === 0 ? "none" : strikes} at the leader`;
    },
  };
  return barTable(candidates, columns, faults, (candidate) =>
    isFit(candidate, { name: "outage", kind: "write" }),
  );
}

/** How stale reads were. Undefined if no run measured it. */
export function staleness(candidates: readonly Candidate[]): Html | undefined {
  const measuredIn = ({ run }: RunDigest) => measuredStaleness(run.verdicts);
  if (!candidates.some(({ runs }) => runs.some(measuredIn))) return undefined;
  const share = (run: RunDigest) => {
    const found = measuredIn(run);
    return found === undefined ? Number.NaN : found.stale / found.reads;
  };
  const worst = (run: RunDigest) => measuredIn(run)?.worstMs ?? Number.NaN;
  const columns: Column[] = [
    {
      heading: text("Stale reads"),
      value: share,
      cell: (candidate) =>
        spread(candidate, share, (value) => (Number.isFinite(value) ? formatShare(value) : "–")),
    },
    {
      heading: text("Worst"),
      value: worst,
      cell: (candidate) =>
        spread(candidate, worst, (ms) => (ms === 0 ? "none stale" : formatDuration(ms / 1e3))),
    },
  ];
  const limits: Column = {
    heading: text("Known limits met"),
    value: () => Number.NaN,
    cell: ({ runs }) => {
      const met = runs.flatMap(({ run }) => knownLimits(run.verdicts)).length;
      return met === 0 ? "none" : count(met, "time");
    },
  };
  return html`${barTable(candidates, columns, limits, ({ verdict }) => verdict !== "invalid")}
<p class="note">How long ago a value that was read had been overwritten when the read began; allowed or not depends on the read mode. These are lower bounds.</p>`;
}

/** What the nodes used. Undefined if nothing was sampled. */
export function costs(candidates: readonly Candidate[], standings: Standings): Html | undefined {
  if (!candidates.some(({ runs }) => runs.some(({ cost }) => cost !== undefined))) return undefined;
  const bytes = (name: string, of: (cost: NonNullable<RunDigest["cost"]>) => number): Column => {
    const value = ({ cost }: RunDigest) => (cost === undefined ? Number.NaN : of(cost));
    return { heading: text(name), value, cell: (candidate) => spread(candidate, value, signedBytes) };
  };
  const syncs = ({ cost }: RunDigest) => cost?.syncsPerThousand ?? Number.NaN;
  const processor: Figure = { name: "processor" };
  const perOperation: Column[] = [
    {
      heading: text("Processor time per 1,000 ok"),
      value: (run) => amountOf(run, processor),
      cell: (candidate) => rankedCell(candidate, standings, processor, (ms) => formatMicros(ms * 1e3)),
    },
    bytes("Disk growth per 1,000 ok", ({ diskPerThousand }) => diskPerThousand),
    bytes("Written per 1,000 ok", ({ writtenPerThousand }) => writtenPerThousand),
    bytes("Network per 1,000 ok", ({ networkPerThousand }) => networkPerThousand),
    {
      heading: text("fsyncs per 1,000 ok"),
      value: syncs,
      cell: (candidate) => spread(candidate, syncs, (n) => (Number.isNaN(n) ? "–" : formatFigure(n))),
    },
  ];
  const inAll: Column[] = [
    bytes("Peak memory", ({ peakMemory }) => peakMemory),
    bytes("Disk at the end", ({ disk }) => disk),
    bytes("Memory per key", ({ memoryPerKey }) => memoryPerKey),
    bytes("Disk per key", ({ diskPerKey }) => diskPerKey),
  ];
  const ok: Column = {
    heading: text("ok operations"),
    value: () => Number.NaN,
    cell: (candidate) => spread(candidate, ({ run }) => run.operations.ok, formatCount),
  };
  const known = (columns: readonly Column[]) =>
    columns.filter(({ value }) =>
      candidates.some(({ runs }) => runs.some((run) => Number.isFinite(value(run)))),
    );
  return html`${barTable(candidates, known(perOperation), ok)}${barTable(candidates, known(inAll), undefined)}
<p class="note">All nodes together, from their first sample to the last: a system that idles expensively costs more per operation at a low rate. Logs and snapshots allocate disk ahead, so growth is coarse. Network is what the nodes sent and received, clients included; fsyncs are those of the log, as the system itself counts them. Per key is what the nodes grew by while at least 1,000 keys were put in place before the load. A dash: the runtime or the system does not say.</p>`;
}
