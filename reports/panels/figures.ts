import type { Run } from "../../core/run.ts";
import type { Context, Judged } from "../context.ts";
import { type Content, type Html, html } from "../html.ts";
import { formatCount, formatFigure, formatMicros, formatShare } from "../numbers.ts";

export const figure = (name: string, value: Content, note: Content): Html =>
  html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="under">${note}</dd></div>`;

export const operationsFigure = (context: Context<Judged>): Html =>
  figure("Operations", formatCount(context.operations.length), shareOfOutcomes(context));

/** Bar of the outcomes of all operations, with their numbers. What a run that was killed left unanswered is unknown. */
export function shareOfOutcomes({ operations }: Context<Judged>): Html {
  const counts = { ok: 0, fail: 0, info: 0 };
  for (const { outcome } of operations) counts[outcome.type]++;
  const { ok, fail, info } = counts;
  const all = operations.length;
  const part = (name: string, count: number) =>
    count > 0 && html`<span class="${name}" style="flex-grow:${count}"></span>`;
  const refused = operations.filter(
    ({ outcome }) => outcome.type === "fail" && outcome.error.code === "mismatch",
  ).length;
  return html`<span class="share-bar" aria-hidden="true">${part("ok", ok)}${part("fail", fail)}${part("info", info)}</span>
<span class="key ok">ok ${formatCount(ok)}</span> <span class="key fail">fail ${formatCount(fail)}</span> <span class="key info">unknown ${formatCount(info)}</span> <span class="quiet">${formatShare(ok / Math.max(1, all))} ok${refused > 0 && `, ${formatShare(refused / all)} refused comparisons`}</span>`;
}

const ceilingWords = ({ ceiling }: Run["client"]): string =>
  ceiling === undefined
    ? ""
    : ` Against a server that answers at once and finds nothing, so that no value was decoded or compared, the same clients reached ${formatFigure(Math.round(ceiling))}/s.`;

/** How the load generator fared. */
export function clientNote({ run }: Context): string {
  const { sendLagMsP99, eventLoopUtilization, gcMs, workers = [] } = run.client;
  const waits = workers.flatMap(({ waitShare }) => waitShare ?? []);
  const waited =
    waits.length === 0
      ? ""
      : ` It waited for a processor ${formatShare(Math.max(...waits))} of the time${workers.every(({ prioritized }) => prioritized === true) ? ", with priority over other processes" : ""}.`;
  const verdict =
    run.client.limited === undefined ? "The load generator kept up" : "The load generator did not keep up";
  return `${verdict}: 99% of operations with a free client were sent within ${formatMicros(sendLagMsP99 * 1e3)} of their intended start, its event loop was busy ${formatShare(eventLoopUtilization)} of the time, and garbage collection took ${formatMicros(gcMs * 1e3)}.${waited}${ceilingWords(run.client)}`;
}
