/** dbtester's comparison, with what it left out: capacity next to the ceiling of the clients, and latency at one rate for all. */
import { spreadOf } from "../comparison/cells.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatBytes, formatCount, formatMicros, formatRate, formatShare } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import type { Dbtester } from "./dbtester.ts";
import type { Shown } from "./study.ts";

type Tested = Shown<Dbtester>;

export function dbtesterPanel(tested: readonly Tested[]): Html {
  const workloads = [...new Set(tested.map(({ figures: [{ workload }] }) => workload))];
  return html`${workloads.map((workload) => {
    const of = (load: Dbtester["load"]) =>
      tested.filter(({ figures: [one] }) => one.workload === workload && one.load === load);
    const [closed, open] = [of("closed"), of("open")];
    return html`${closed.length > 0 && stackingTable(html`<code>${workload}</code>: capacity, in a closed loop`, capacityColumns, closed.map(capacityRow))}
${open.length > 0 && stackingTable(html`<code>${workload}</code>: latency, in an open loop`, latencyColumns, open.map(latencyRow))}`;
  })}
<p class="note">A closed loop says how much a system can do, and no latency: that is the number of clients divided by the throughput. The ceiling is what the same clients reach against a server that answers at once; a capacity near it is that of the clients. Latencies are response times from when an operation was due, at one rate for all: half of the lowest that a closed loop reached, or what the user asked for. Errors are operations that failed or of which nobody knows the outcome; those never sent found no free client. Memory is the sum of the nodes' peaks.</p>`;
}

const system = text("System and read mode");
const shared = [
  number("Errors"),
  number("Processor", "processor time of all nodes for each 1,000 ok operations"),
  number("Memory", "sum of the nodes' highest memory"),
  number("Disk", "growth of all data directories for each 1,000 ok operations"),
];
const capacityColumns = [system, number("Clients"), number("ok"), number("Ceiling"), ...shared];
const latencyColumns = [
  system,
  number("Requested"),
  number("p50"),
  number("p99"),
  number("p99.9", "of at least 10,000 operations"),
  number("Slowest"),
  number("Never sent"),
  ...shared,
];

type Format = (value: number) => string;
const perSecond: Format = (value) => (Number.isFinite(value) ? `${formatRate(value)}/s` : "–");

/** The median of the runs, with its interval. */
const median = ({ figures }: Tested, of: (one: Dbtester) => number, format: Format): Content =>
  spreadOf(figures.map(of), format);

const sum = ({ figures }: Tested, of: (one: Dbtester) => number): number =>
  figures.reduce((total, one) => total + of(one), 0);

const capacityRow = (tested: Tested): Row => ({
  cells: [
    tested.title,
    median(tested, ({ clients }) => clients, formatCount),
    html`<b>${median(tested, ({ okPerSecond }) => okPerSecond, perSecond)}</b>`,
    median(tested, ({ ceiling }) => ceiling, perSecond),
    ...sharedCells(tested),
  ],
});

const latencyRow = (tested: Tested): Row => ({
  cells: [
    tested.title,
    median(tested, ({ rate }) => rate, perSecond),
    ...(["p50", "p99", "p999", "max"] as const).map((of) => median(tested, (one) => one[of], formatMicros)),
    formatCount(sum(tested, ({ unsent }) => unsent)),
    ...sharedCells(tested),
  ],
});

function sharedCells(tested: Tested): Content[] {
  const errors = sum(tested, (one) => one.errors);
  const share = errors / sum(tested, ({ operations }) => operations);
  return [
    errors === 0 ? "0" : `${formatCount(errors)} (${formatShare(share)})`,
    median(tested, ({ cpuMsPerThousand }) => cpuMsPerThousand * 1e3, formatMicros),
    median(tested, ({ peakMemory }) => peakMemory, formatBytes),
    median(tested, ({ diskPerThousand }) => diskPerThousand, formatBytes),
  ];
}
