import { asSentence, count } from "../../core/wording.ts";
import type { Context, Judged } from "../context.ts";
import { longest, longestByNode, outages } from "../data/availability.ts";
import { sentUnderOverload } from "../data/overload.ts";
import { quantile, responseMicros } from "../data/series.ts";
import { type Content, type Html, html } from "../html.ts";
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatMicros,
  formatShare,
  formatTime,
} from "../numbers.ts";

/** Six key figures of the run, each with the caveats that a reader must know. */
export function figuresPanel(context: Context): Html {
  const { limited } = context.run.client;
  return html`<section aria-labelledby="figures"><h2 id="figures">Key figures</h2>
${limited !== undefined && html`<aside class="banner limited"><strong>Client-limited</strong> ${asSentence(limited)} The speeds below are the load generator's limit, not the system's.</aside>`}
<dl class="figures-grid">
${operationsFigure(context)}
${speedFigures(context)}
${unavailability(context)}
${faultsFigure(context)}
</dl>
<p class="note">${clientNote(context)}</p>
</section>`;
}

function speedFigures(context: Context): Html {
  const { load, verdict } = context.run;
  const { p50, p99, max, perSecond } = speedOf(context);
  const invalid = verdict === "invalid" && html`<span class="caveat">of an invalid history</span>`;
  const overload = sentUnderOverload(context.run);
  return html`${figure("Response time, median", formatMicros(p50), html`of <i>ok</i> operations, from their intended start ${invalid}`)}
${figure("Response time, p99", formatMicros(p99), html`slowest ${formatMicros(max)} ${invalid}`)}
${figure(
  "Throughput",
  html`${formatFigure(Math.round(perSecond * 10) / 10)}<small>/s</small>`,
  html`<i>ok</i> operations${load.kind === "open" && ` of ${formatFigure(load.rate)}/s offered`} ${overload !== undefined && html`<span class="caveat">overloaded: only ${formatCount(overload)}/s sent</span>`} ${invalid}`,
)}`;
}

export const figure = (name: string, value: Content, note: Content): Html =>
  html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="under">${note}</dd></div>`;

export function operationsFigure({ run, operations }: Context<Judged>): Html {
  const { ok, fail, info } = run.operations;
  const all = ok + fail + info;
  const part = (name: string, count: number) =>
    count > 0 && html`<span class="${name}" style="flex-grow:${count}"></span>`;
  const refused = operations.filter(
    ({ outcome }) => outcome.type === "fail" && outcome.error.code === "mismatch",
  ).length;
  return figure(
    "Operations",
    formatCount(all),
    html`<span class="share-bar" aria-hidden="true">${part("ok", ok)}${part("fail", fail)}${part("info", info)}</span>
<span class="key ok">ok ${formatCount(ok)}</span> <span class="key fail">fail ${formatCount(fail)}</span> <span class="key info">unknown ${formatCount(info)}</span> <span class="quiet">${formatShare(ok / Math.max(1, all))} ok${refused > 0 && `, ${formatShare(refused / all)} refused comparisons`}</span>`,
  );
}

function unavailability(context: Context): Html {
  const worst = longest(outages(context.operations));
  if (worst === undefined) return figure("Longest unavailability", "–", "no operation succeeded");
  const during = context.timeline.faults
    .filter(({ from, to }) => from <= worst.to / 1e9 && to >= worst.from / 1e9)
    .map(({ label }) => label);
  const byNode = [...longestByNode(context.operations)].map(
    ([node, { from, to }], i) =>
      html`${i > 0 && " · "}<span class="no-break">${node} ${formatDuration((to - from) / 1e9)}</span>`,
  );
  return figure(
    "Longest unavailability",
    formatDuration((worst.to - worst.from) / 1e9),
    html`no <i>ok</i> on any node from ${formatTime(worst.from / 1e9)}${during.length > 0 && `, during ${during.join(", ")}`}. <span class="quiet">By node: ${byNode}</span>`,
  );
}

function faultsFigure({ run, faults }: Context): Html {
  const proven = faults.filter(({ window }) => window.proof !== undefined).length;
  if (faults.length === 0)
    return figure("Faults", "none", run.nemeses.length > 0 ? "requested, but none struck" : "none requested");
  const kinds = [...new Set(faults.map(({ window }) => window.name))];
  return figure(
    "Faults with effect",
    html`${proven}<small> of ${faults.length}</small>`,
    html`${kinds.map((kind) => `${kind} ${faults.filter(({ window }) => window.name === kind).length}`).join(", ")}${
      proven < faults.length &&
      html` <span class="caveat">${count(faults.length - proven, "fault")} without proof of any effect</span>`
    }`,
  );
}

/** Latency and throughput of all operations together; `perSecond` counts from the first invocation to the last answer. */
export function speedOf({ operations, end }: Context<Judged>) {
  const answered = operations.filter(({ outcome }) => outcome.type === "ok");
  const times = Float64Array.from(answered, (operation) => responseMicros(operation, end)).sort();
  const first = operations.reduce(
    (least, { invokedAt }) => Math.min(least, invokedAt),
    Number.POSITIVE_INFINITY,
  );
  const last = answered.reduce((most, { completedAt }) => Math.max(most, completedAt), 0);
  return {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: times.at(-1) ?? Number.NaN,
    perSecond: last > first ? answered.length / ((last - first) / 1e9) : 0,
  };
}

function clientNote({ run }: Context): string {
  const { sendLagMsP99, eventLoopUtilization, gcMs } = run.client;
  const verdict =
    run.client.limited === undefined ? "The load generator kept up" : "The load generator did not keep up";
  return `${verdict}: 99% of operations with a free client were sent within ${formatMicros(sendLagMsP99 * 1e3)} of their intended start, its event loop was busy ${formatShare(eventLoopUtilization)} of the time, and garbage collection took ${formatMicros(gcMs * 1e3)}.`;
}
