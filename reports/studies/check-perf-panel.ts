/** The rules of `etcdctl check perf`, for each system: passed, failed, or not measured, with the figure and its limit. */
import { type Html, html } from "../html.ts";
import { type Row, stackingTable, text } from "../panels/table.ts";
import type { CheckedRule, CheckPerf, CheckState } from "./check-perf.ts";
import type { Shown } from "./study.ts";
import { ruleWords, stateWords } from "./words.ts";

export const checkPerfPanel = (shown: readonly Shown<CheckPerf>[]): Html => html`${stackingTable(
  undefined,
  columns,
  shown.map(rowOf),
)}
${shown.map(({ key, figures }) => {
  const why = figures.find((one) => one.why !== undefined)?.why;
  return (
    why !== undefined &&
    html`<p class="note">${key}: ${why}. A rule that is broken under these conditions is not measured.</p>`
  );
})}
<p class="note">The load and the rules of <code>etcdctl check perf</code>, for every system. etcdctl starts its clock when one of its clients is free, so what waits for a client is in no latency of its own; here times are response times, from when an operation was due. Of several runs the worst figure is shown, and all must pass. A failed rule breaks no promise: the verdict and the exit status stay.</p>`;

const columns = [
  text("System and read mode"),
  text("Result"),
  ...["Errors", "Throughput", "Slowest", "Standard deviation"].map(text),
];

const verdictOf = { pass: "valid", fail: "invalid", "not measured": "unknown" } as const;

const mark = (state: CheckState): Html =>
  html`<span class="kind ${verdictOf[state]}">${stateWords[state]}</span>`;

function rowOf({ title, figures }: Shown<CheckPerf>): Row {
  const [{ rules }] = figures;
  return {
    cells: [
      title,
      mark(worst(figures.map(({ state }) => state))),
      ...rules.map((_, i) => cell(figures.flatMap((one) => one.rules[i] ?? []))),
    ],
  };
}

/** Shows one rule in all runs: the worst state, and the worst value. */
function cell(rules: readonly CheckedRule[]): Html {
  const [first] = rules;
  if (first === undefined) return html`–`;
  const values = rules.map(({ value }) => value);
  const least = first.rule === "throughput" ? Math.min(...values) : Math.max(...values);
  return html`${mark(worst(rules.map(({ state }) => state)))} ${ruleWords({ ...first, value: least })}`;
}

const worst = (states: readonly CheckState[]): CheckState =>
  (["fail", "not measured"] as const).find((state) => states.includes(state)) ?? "pass";
