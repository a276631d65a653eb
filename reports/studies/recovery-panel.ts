/** Whether the systems come back by themselves after a fault, at each load, without and with retries. */
import { type Html, html } from "../html.ts";
import { formatMicros, formatRate, formatShare } from "../numbers.ts";
import { number, type Row, stackingTable, text } from "../panels/table.ts";
import { type Recovery, recoveryRule, recoverySentence, recoveryWords } from "./recovery.ts";
import type { Shown } from "./study.ts";

/** A row for each run; a run alone has a sentence, too. */
export function recoveryPanel(shown: readonly Shown<Recovery>[]): Html {
  const { succeeded, slowdown, seconds } = recoveryRule;
  const rows = shown.flatMap((one) => one.figures.map((recovery) => row(one, recovery)));
  const [first] = shown;
  return html`${first !== undefined && rows.length === 1 && html`<p>${recoverySentence(first.figures[0])}</p>`}
${stackingTable(rows.length === 1 ? undefined : "After the fault", columns, rows)}
<p class="note">Recovered: ${formatShare(succeeded)} of what was requested succeeded, with a p99 of at most ${slowdown} times that before the fault, for ${seconds} s; seconds count from the end of the fault. A retry is an operation of its own; a request's response time counts from when it was due to its success, whichever attempt that was.</p>`;
}

const columns = [
  text("System and read mode"),
  text("Load"),
  number("Requested"),
  number("Retries"),
  text("Recovered after"),
  number("p99 before"),
  number("Operations a request"),
];

const row = ({ system, limit }: Shown<Recovery>, recovery: Recovery): Row => ({
  cells: [
    html`${system}${limit}`,
    recovery.share === undefined || recovery.kneeRate === undefined
      ? "a rate of its own"
      : `${recovery.share} of the knee, ${formatRate(recovery.kneeRate)}/s${recovery.kneeClientLimited === true ? " (client-limited)" : ""}`,
    `${formatRate(recovery.rate)}/s`,
    String(recovery.retries),
    recoveryWords(recovery),
    formatMicros(recovery.healthyP99),
    recovery.operationsPerRequest.toFixed(2),
  ],
});
