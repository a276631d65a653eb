/** What `assay compare` prints for people. */
import pc from "picocolors";
import { count } from "../../../core/wording.ts";
import { endsWords } from "../../../reports/statistics/ends-words.ts";
import type { Repeated } from "../../../reports/statistics/repeated.ts";
import { orderWarning } from "../../../reports/versus/order.ts";
import { leastFoundWords, powerSentence } from "../../../reports/versus/power.ts";
import { type Cell, changeWords, type Judged, summaryOf } from "../../../reports/versus/versus.ts";
import { table } from "../output.ts";

export function versusText(judged: Judged): string {
  const { workload, a, b, differing, cells } = judged;
  const hasPower = cells.some(({ leastFound }) => leastFound !== undefined);
  const rows = cells.map((cell) => [
    cell.quantity.name,
    sideText(cell, cell.a),
    sideText(cell, cell.b),
    cell.ratio === undefined
      ? "–"
      : `${changeWords(cell.ratio.value)} (${endsWords(cell.ratio, changeWords)})`,
    ...(hasPower ? [leastFoundWords(cell)] : []),
    wordOf(cell, cells),
  ]);
  const [warning, power] = [orderWarning(judged), powerSentence(judged)];
  return [
    `${pc.bold(workload)}: ${summaryOf(judged)}`,
    `  A: ${a.name} (${a.readMode}), ${count(a.runs.length, "run")}`,
    `  B: ${b.name} (${b.readMode}), ${count(b.runs.length, "run")}`,
    ...differing.map(
      (one) =>
        `  different ${one.condition}: A ${one.a}, B ${one.b}${one.forbids.length > 0 ? pc.yellow(` (${one.forbids.join(", ")} not compared)`) : ""}`,
    ),
    ...(warning === undefined ? [] : [`  ${pc.yellow(warning)}`]),
    ...(power === undefined ? [] : [`  ${power}`]),
    "",
    indented(table(["figure", "A", "B", "B against A", ...(hasPower ? ["power"] : []), ""], rows)),
  ].join("\n");
}

function sideText({ quantity }: Cell, { median, values, outliers }: Repeated): string {
  if (median === undefined) return "–";
  const isWide = values.length > 1 && quantity.format(median.low) !== quantity.format(median.high);
  const ends = isWide ? ` (${endsWords(median, quantity.format)})` : "";
  return `${quantity.format(median.value)}${ends}${outliers.length > 0 ? ` ${count(outliers.length, "outlier")}` : ""}`;
}

function wordOf({ difference, word, why, quantity }: Cell, all: readonly Cell[]): string {
  // The summary has a reason that all share.
  const isShared = all.every((one) => one.why === why);
  if (difference === undefined) return pc.dim(why === undefined || isShared ? word : `${word}: ${why}`);
  if (difference.sign === 0) return `~ ${word}`;
  const better = difference.sign < 0 === quantity.lessIsBetter;
  return `${(better ? pc.green : pc.red)(word)}${difference.isFirm ? "" : " (indicative)"}`;
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
