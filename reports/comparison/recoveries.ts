/** Whether the systems come back by themselves after a fault, at each load, without and with retries. */
import { type Recovery, recoveryRule, recoveryWords } from "../data/recovery.ts";
import { type Html, html } from "../html.ts";
import { formatMicros, formatRate, formatShare } from "../numbers.ts";
import { number, stackingTable, text } from "../panels/table.ts";
import type { Candidate } from "./candidates.ts";

interface Recovered {
  readonly candidate: Candidate;
  readonly href: string;
  readonly recovery: Recovery;
}

/** Undefined if no run was loaded and struck to see this. */
export function recoveries(candidates: readonly Candidate[]): Html | undefined {
  const all = candidates.flatMap((candidate) =>
    candidate.runs.flatMap(({ href, recovery }): Recovered[] =>
      recovery === undefined ? [] : [{ candidate, href, recovery }],
    ),
  );
  if (all.length === 0) return undefined;
  const { succeeded, slowdown, seconds } = recoveryRule;
  return html`${stackingTable("After the fault", columns, all.map(row))}
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

const row = ({ candidate, href, recovery }: Recovered) => ({
  cells: [
    html`<a href="${href}">${candidate.runs[0]?.run.system.name} ${candidate.runs[0]?.run.system.version}</a> <code>${candidate.readMode}</code>`,
    recovery.share === undefined || recovery.kneeRate === undefined
      ? "a rate of its own"
      : `${recovery.share} of the knee, ${formatRate(recovery.kneeRate)}/s`,
    `${formatRate(recovery.rate)}/s`,
    String(recovery.retries),
    recoveryWords(recovery),
    formatMicros(recovery.healthyP99),
    recovery.operationsPerRequest.toFixed(2),
  ],
});
