import { recoveryTime } from "../../core/fault.ts";
import { toSeconds } from "../../core/time.ts";
import { count } from "../../core/wording.ts";
import type { Context, Judged, NamedFault } from "../context.ts";
import type { FaultFigures, FaultLatency } from "../data/fault-figures.ts";
import { type HealedTime, healedWords, lowerBound } from "../data/heal.ts";
import { quantile } from "../data/measure.ts";
import type { PeriodFigures } from "../data/phases.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatCount, formatDuration, formatMicros, formatRate, formatSpan } from "../numbers.ts";
import { byMeasureOf } from "./by-measure.ts";
import { type Heading, number, plainTable, type Row, scrollingTable, stackingTable, text } from "./table.ts";

/** Faults that have a row of their own each; of more, those with the longest outages do, and a plain list names all. */
const rowsMax = 40;
const worstShown = 12;

/** What was broken when, the proof that it took effect, what clients saw of it, and how soon they were served again. */
export function faultsPanel(context: Context<Judged>): Html {
  const { faults, figures } = context;
  const { nemeses = [] } = context.run;
  const title = html`<h2 id="faults">Faults</h2>`;
  if (faults.length === 0) {
    const why =
      nemeses.length > 0
        ? `None struck, although ${nemeses.join(", ")} ${nemeses.length === 1 ? "was" : "were"} requested.`
        : "No faults were injected.";
    return html`<section aria-labelledby="faults">${title}<p>${why}</p></section>`;
  }
  const all = faults.map((fault, i): Struck => ({ fault, figures: figures.faults[i] as FaultFigures }));
  const isLong = all.length > rowsMax;
  const shown = isLong ? all.toSorted((a, b) => outage(b) - outage(a)).slice(0, worstShown) : all;
  const worst = isLong ? ` The ${worstShown} with the longest outages` : "";
  return html`<section aria-labelledby="faults">${title}
${tally(context)}
${isLong && byKind(all)}
${stackingTable(isLong ? worst.trim() : undefined, struckColumns, shown.map(struckRow))}
${context.askers.load.length > 0 && whatClientsSaw(context, all, shown)}
${isLong && everyFault(all)}
</section>`;
}

const outage = ({ figures }: Struck): number => figures.withoutAnySeconds ?? 0;

function whatClientsSaw(context: Context<Judged>, all: readonly Struck[], shown: readonly Struck[]): Html {
  return html`<h3>Until clients were served again, and what became of writes</h3>
${scrollingTable("Failover of each fault", failoverColumns, shown.map(failoverRow))}
<p class="note">Since the fault's begin, to 10 ms. First ok: the first answer to an operation that was sent after it. A dash: not before the next fault. ≥: not before the fault was being healed, so it is a lower bound and no recovery. Healthy: from here on, 20 operations in a row, but for one, were answered within the 99th percentile of healthy times; not before the first ok write, nor while nothing, or no write, succeeded for 100 ms or more. Without: the longest period overlapping the fault in which such operations were pending and none succeeded on any node.</p>
<p class="note">${writesNote(all)}</p>
<h3>Before, during and after</h3>
${scrollingTable("Latency and rates before, during and after each fault", aroundColumns, shown.map(aroundRow))}
<p class="note">${aroundNote(context)}</p>`;
}

interface Struck {
  readonly fault: NamedFault;
  readonly figures: FaultFigures;
}

const aroundNote = ({ figures }: Context<Judged>): Content =>
  html`Before and after: at most 5 s, and no other fault. A p99 of fewer than 100 operations is their maximum. ${
    figures.service !== undefined &&
    html`<span class="by-response">Operations count where they were meant to start.</span><span class="by-service">Operations count where they were sent.</span>`
  }`;

/** What the columns of writes count. A dash stands where no checker looked. */
function writesNote(all: readonly Struck[]): string {
  const lost = all.some(({ figures }) => figures.lostWrites !== undefined)
    ? `Writes lost: acknowledged, but missing from a later state. Each counts once: at the fault that lasted at its acknowledgement, else at the first one between that and the read that lacked it, else at the one that had ended at most ${toSeconds(recoveryTime)} s before.`
    : "Writes lost: no checker of this run looked for them.";
  return `${lost} Unknown: pending while the fault lasted, and never answered; they may have taken effect. Failed: the same, and certain to have had no effect; refused comparisons are not among them.`;
}

function tally({ faults, figures }: Context<Judged>): Html {
  const kinds = [...new Set(faults.map(({ window }) => window.name))];
  const unproven = faults.filter(({ window }) => window.proof === undefined).length;
  const byNode = [...figures.withoutAnyByNode].map(
    ([node, { from, to }], i) =>
      html`${i > 0 && " · "}<span class="no-break">${node} ${formatDuration((to - from) / 1e9)}</span>`,
  );
  return html`<p class="tally">${count(faults.length, "fault")}: ${kinds
    .map((kind) => `${kind} ${formatCount(faults.filter(({ window }) => window.name === kind).length)}`)
    .join(
      ", ",
    )}.${unproven > 0 && html` <span class="caveat">${count(unproven, "fault")} without proof of any effect.</span>`}${
    byNode.length > 0 &&
    html` <span class="quiet">Longest time without an ok answer to the clients of each node: ${byNode}.</span>`
  }</p>`;
}

const struckColumns: readonly Heading[] = [
  text("Fault"),
  text("Description"),
  text("Hit"),
  number("From"),
  number("Lasted"),
  text("Proof that it took effect"),
];

const nameCell = ({ band }: NamedFault): Html =>
  html`<a class="zoom key fault-key hue-${band.hue}" href="#over-time" data-from="${band.from}" data-to="${band.to}" title="Show it in the charts">${band.label} ${band.name}</a>`;

function struckRow({ fault, figures }: Struck): Row {
  const { window, band } = fault;
  return {
    cells: [
      nameCell(fault),
      window.summary,
      rolesText(figures),
      `${band.from.toFixed(2)} s`,
      formatDuration(band.to - band.from),
      window.proof ?? html`<span class="caveat">no proof that it took effect</span>`,
    ],
  };
}

/** `leader n1, follower n2` */
const rolesText = ({ roles }: FaultFigures): Content =>
  roles.length === 0
    ? "–"
    : roles.map(
        ({ node, role }, i) =>
          html`${i > 0 && ", "}<span class="no-break">${role === "unknown" ? node : `${role} ${node}`}</span>`,
      );

const failoverColumns: readonly Heading[] = [
  text("Fault"),
  number("Leader known"),
  number("First ok write"),
  number("read"),
  number("Healthy again"),
  number("Without writes"),
  number("reads"),
  number("any"),
  number("Writes lost"),
  number("unknown"),
  number("failed"),
];

/** Times of a fault that its heal may have ended. NaN: they are not known, or did not come before the next fault. */
function timesOf(figures: FaultFigures) {
  const { healSeconds, untilHealed } = figures;
  const first = (value = Number.NaN): HealedTime => ({ value, untilHealed: value >= healSeconds });
  const without = (isCut: boolean, value = Number.NaN): HealedTime => ({ value, untilHealed: isCut });
  return {
    leader: first(figures.leaderSeconds),
    write: first(figures.firstWriteSeconds),
    read: first(figures.firstReadSeconds),
    withoutWrites: without(untilHealed.writes, figures.withoutWriteSeconds),
    withoutReads: without(untilHealed.reads, figures.withoutReadSeconds),
    withoutAny: without(untilHealed.any, figures.withoutAnySeconds),
  };
}

/** Clients may be served again before latency is back: then the heal is not what brought it back. */
const healthyTime = (
  { servedBeforeHeal, healSeconds }: FaultFigures,
  { healthySeconds: value = Number.NaN }: FaultLatency,
): HealedTime => ({ value, untilHealed: !servedBeforeHeal && value >= healSeconds });

const timeText = (time: HealedTime): string => healedWords(time, formatSpan);

const failoverRow = ({ fault, figures }: Struck): Row => {
  const { leader, write, read, withoutWrites, withoutReads, withoutAny } = timesOf(figures);
  return {
    cells: [
      nameCell(fault),
      ...[leader, write, read].map(timeText),
      byMeasureOf(figures, (latency) => timeText(healthyTime(figures, latency))),
      ...[withoutWrites, withoutReads, withoutAny].map(timeText),
      ...writesCells(figures),
    ],
  };
};

const writesCells = (figures: FaultFigures): Content[] => [
  lostCell(figures),
  byMeasureOf(figures, ({ unknownWrites }) => formatCount(unknownWrites)),
  byMeasureOf(figures, ({ failedWrites }) => formatCount(failedWrites)),
];

const lostCell = ({ lostWrites }: FaultFigures): Content => {
  if (lostWrites === undefined) return "–";
  return lostWrites === 0 ? "0" : html`<a class="caveat" href="#anomalies">${formatCount(lostWrites)}</a>`;
};

const aroundColumns: readonly Heading[] = [
  text("Fault"),
  number("p50 before"),
  number("during"),
  number("after"),
  number("p99 before"),
  number("during"),
  number("after"),
  number("ok/s before"),
  number("during"),
  number("after"),
];

const aroundRow = ({ fault, figures }: Struck): Row => {
  const three = (value: (period: PeriodFigures) => string) =>
    (["before", "during", "after"] as const).map((when) => byMeasureOf(figures, (one) => value(one[when])));
  return {
    cells: [
      nameCell(fault),
      ...three(({ p50 }) => formatMicros(p50)),
      ...three(({ p99 }) => formatMicros(p99)),
      ...three(({ okPerSecond }) => formatRate(okPerSecond)),
    ],
  };
};

/** Each kind of fault of a long run in one row. */
function byKind(all: readonly Struck[]): Html {
  const kinds = [...new Set(all.map(({ fault }) => fault.window.name))];
  const columns = [
    text("Fault"),
    number("Times"),
    number("Served before the heal", "Clients were served again while the fault lasted"),
    ...["Leader known", "First write ok", "First read ok", "Without any"].flatMap((name) => [
      number(name, "Median"),
      number("worst", "Worst of this kind"),
    ]),
  ];
  return scrollingTable(
    "Faults by kind",
    columns,
    kinds.map((kind) => {
      const own = all.filter(({ fault }) => fault.window.name === kind).map(({ figures }) => figures);
      const times = own.map(timesOf);
      const spread = (name: keyof ReturnType<typeof timesOf>) => {
        const known = times.map((one) => one[name]).filter(({ value }) => Number.isFinite(value));
        return [0.5, 1].map((share) =>
          timeText(
            lowerBound(known, (values) =>
              quantile(
                values.toSorted((a, b) => a - b),
                share,
              ),
            ),
          ),
        );
      };
      return {
        cells: [
          kind,
          formatCount(own.length),
          formatCount(own.filter(({ servedBeforeHeal }) => servedBeforeHeal).length),
          ...(["leader", "write", "read", "withoutAny"] as const).flatMap(spread),
        ],
      };
    }),
  );
}

/** All faults as plain text: hundreds of rows of a real table would slow the page down. */
function everyFault(all: readonly Struck[]): Html {
  const rows = all.map(({ fault: { window, band }, figures }) => {
    const { leader, write, read, withoutAny } = timesOf(figures);
    return [
      band.label,
      window.name,
      window.summary,
      `${band.from.toFixed(2)} s`,
      formatSpan(band.to - band.from),
      ...[leader, write, read, withoutAny].map(timeText),
      figures.lostWrites === undefined ? "–" : formatCount(figures.lostWrites),
      formatCount(figures.response.unknownWrites),
      formatMicros(figures.response.during.p99),
      window.proof ?? "no proof that it took effect",
    ];
  });
  const columns = [
    text("Fault"),
    text("kind"),
    text("description"),
    number("from"),
    number("lasted"),
    number("leader"),
    number("write ok"),
    number("read ok"),
    number("without any"),
    number("lost"),
    number("unknown"),
    number("p99 during"),
    text("proof"),
  ];
  return html`<details><summary>All ${formatCount(all.length)} faults</summary>${plainTable("All faults", columns, rows)}</details>`;
}
