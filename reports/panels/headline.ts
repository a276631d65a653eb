/** Numbers next to the verdict: how fast the system was while healthy and under faults, and for how long it did not answer. */
import { measuredStaleness } from "../../checker/reads/measured-staleness.ts";
import { recoveryTime } from "../../core/fault.ts";
import { toSeconds } from "../../core/time.ts";
import type { Verdict } from "../../core/verdict.ts";
import { count } from "../../core/wording.ts";
import type { Context } from "../context.ts";
import type { Outage } from "../data/availability.ts";
import { healBegan } from "../data/heal.ts";
import { paceWords } from "../data/pace.ts";
import type { PeriodFigures } from "../data/phases.ts";
import { speedCaveat } from "../data/speed.ts";
import { type Content, type Html, html } from "../html.ts";
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatMicros,
  formatShare,
  formatTime,
} from "../numbers.ts";
import { byMeasure, byMeasureOf } from "./by-measure.ts";
import { shareOfOutcomes } from "./figures.ts";

/** The list of numbers. Without operations, there are none. */
export function headline(context: Context): Html | undefined {
  const { run, operations } = context;
  if (operations.length === 0) return undefined;
  const lag = run.verdicts.find(({ figures = {} }) => "lag p99 ms" in figures);
  return html`<dl class="headline">
${speedRows(context)}
${outageRow(context, "write", context.figures.withoutWrite)}
${outageRow(context, "read", context.figures.withoutRead)}
${stalenessRow(context)}
${lag && lagRow(lag)}
${throughputRow(context)}
${row("Operations", formatCount(operations.length), shareOfOutcomes(context))}
</dl>`;
}

const row = (name: Content, value: Content, note: Content): Html =>
  html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="under">${note}</dd></div>`;

function speedRows({ run, figures, faults }: Context): Html {
  const { response, service } = figures;
  const of = (part: (one: typeof response) => string) => byMeasureOf(figures, part);
  const measure = byMeasure({
    response: "Response",
    service: service === undefined ? undefined : "Service",
  });
  const invalid = run.verdict === "invalid" && html` <span class="caveat">of an invalid history</span>`;
  const limited = limitedWords(run);
  const healthy = html`<small>p50</small> ${of((one) => formatMicros(one.healthy.p50))} <small>p99</small> ${of((one) => p99Text(one.healthy))}`;
  const when =
    faults.length === 0
      ? "no faults in this run"
      : of(
          (one) =>
            `${formatDuration(one.healthy.seconds)} of ${formatDuration(one.all.seconds)}: outside faults and the ${toSeconds(recoveryTime)} s after each`,
        );
  return html`${row(html`${measure}, healthy`, healthy, html`${when}${limited}${invalid}`)}
${
  faults.length > 0 &&
  row(
    html`${measure} under faults`,
    html`<small>p99</small> ${of((one) => p99Text(one.fault))}`,
    html`${of((one) => `${formatShare(one.fault.ok / Math.max(1, one.fault.ok + one.fault.fail + one.fault.info))} of ${count(one.fault.ok + one.fault.fail + one.fault.info, "operation")} ok`)}${limited}${invalid}`,
  )
}`;
}

/** The 99th percentile of few operations is their maximum, and says so. */
const p99Text = ({ p99, ok }: PeriodFigures): string =>
  ok > 0 && ok < 100 ? `${formatMicros(p99)} (of ${ok})` : formatMicros(p99);

function limitedWords(run: Context["run"]): Content {
  const caveat = speedCaveat(run);
  return caveat !== undefined && html` <span class="caveat" title="${caveat.why}">${caveat.short}</span>`;
}

function outageRow({ faults }: Context, what: string, outage: Outage | undefined): Html | undefined {
  if (outage === undefined) return undefined;
  const [from, to] = [outage.from / 1e9, outage.to / 1e9];
  const touching = faults.filter(({ band }) => band.from <= to && band.to >= from);
  const during = touching.map(({ band: { label, name } }) => `${label} ${name}`);
  const isHealed = touching.some(({ window }) => {
    const began = healBegan(window);
    return outage.from < began && outage.to >= began;
  });
  return row(
    `Longest without a ${what}`,
    formatDuration(to - from),
    html`<a class="zoom" href="#over-time" data-from="${from}" data-to="${to}">from ${formatTime(from)}</a>${
      during.length === 0
        ? ", no fault active"
        : `, during ${during.slice(0, 2).join(", ")}${during.length > 2 ? " and others" : ""}${isHealed ? ", until it was healed" : ""}`
    }`,
  );
}

function stalenessRow({ run }: Context): Html | undefined {
  const measured = measuredStaleness(run.verdicts);
  if (measured === undefined) return undefined;
  const { reads, stale, worstMs } = measured;
  if (stale === 0) return row("Stale reads", "none", `of ${count(reads, "read")}`);
  return row(
    "Stale reads",
    html`${formatShare(stale / reads)} <small>worst</small> ${formatDuration(worstMs / 1e3)}`,
    `${formatCount(stale)} of ${count(reads, "read")}`,
  );
}

function lagRow({ figures = {} }: Verdict): Html {
  const ms = (name: string) => formatDuration((figures[name] ?? Number.NaN) / 1e3);
  const faulty = figures["lag during faults worst ms"];
  return row(
    "Watch lag",
    html`<small>p99</small> ${ms("lag p99 ms")} <small>worst</small> ${formatDuration(Math.max(figures["lag worst ms"] ?? 0, faulty ?? 0) / 1e3)}`,
    `since acknowledgement; p99 without faults${faulty === undefined ? "" : `, during faults ${ms("lag during faults p99 ms")}`}`,
  );
}

function throughputRow({ run, figures }: Context): Html {
  const { load } = run;
  const caveat = limitedWords(run);
  const rate = formatFigure(Math.round(figures.okPerSecond * 10) / 10);
  return row(
    "Throughput",
    html`${rate}<small>/s ok</small>`,
    html`${load.kind === "open" ? `of ${paceWords(load)} offered` : `closed loop${run.client.ceiling === undefined ? "" : `, client ceiling ${formatFigure(Math.round(run.client.ceiling))}/s`}`}${caveat}`,
  );
}
