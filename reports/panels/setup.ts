import type { Calibration, Run } from "../../core/run.ts";
import { count } from "../../core/wording.ts";
import type { Context } from "../context.ts";
import { paceWords } from "../data/pace.ts";
import { connectionWords, targetWords } from "../data/speed.ts";
import { type Html, html } from "../html.ts";
import { formatBytes, formatCount, formatDuration, formatFigure } from "../numbers.ts";
import { commandBox, facts } from "./facts.ts";

/** Everything needed to repeat the run: command, configuration, versions and machine. */
export function setupPanel({ run }: Context): Html {
  const { machine, assay, phases } = run;
  return html`<section aria-labelledby="setup"><h2 id="setup">Set-up</h2>
<h3>Repeat this run</h3>
${commandBox(run.command, "Command that repeats this run")}
<div class="columns">
${facts("Run", [
  ["Id", run.id],
  ["Seed", String(run.seed)],
  ["Started", run.startedAt],
  ["Took", formatDuration(run.seconds)],
  ["Set-up", formatDuration(phases.setUp)],
  ["Load", formatDuration(phases.load)],
  ["Checking", formatDuration(phases.check)],
  ...(run.lastRevision === undefined ? [] : [["Last revision", formatCount(run.lastRevision)] as const]),
])}
${facts("Load", loadFacts(run))}
${facts("Versions and machine", [
  [run.system.name, run.system.version],
  ["Assay", `${assay.version}${assay.commit === undefined ? "" : ` (${assay.commit})`}`],
  ["Node.js", machine.node],
  ["Processor", `${machine.cpu}, ${machine.cores} cores`],
  ["Memory", formatBytes(machine.memoryBytes)],
  ["System", machine.os],
])}
${facts(
  "Nodes",
  run.nodes.map(({ id, endpoint }) => [id, endpoint] as const),
)}
${facts(
  "Options",
  Object.entries(run.options).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") || "none" : String(value)] as const,
  ),
)}
</div>
</section>`;
}

/** Rate that was requested, the one that was chosen and why, and what could not be sent. */
function loadFacts({
  load,
  calibration,
  target,
  connections,
  unsent = [],
}: Run): (readonly [string, string])[] {
  const clients = [
    [
      "Clients",
      `${load.kind === "open" ? "at most " : ""}${formatCount(load.processes)}, at ${targetWords(target)}`,
    ],
    ["Connections", connectionWords(connections)],
  ] as const;
  if (load.kind === "closed") return [["Pace", "closed loop"], ...clients];
  const total = (because: "busy" | "stopped") =>
    unsent.filter((span) => (span.because ?? "busy") === because).reduce((sum, span) => sum + span.count, 0);
  const [never, stopped] = [total("busy"), total("stopped")];
  const reasons = [
    ...(never > 0 ? [`${count(never, "operation")}: no client of their node was free`] : []),
    ...(stopped > 0 ? [`${count(stopped, "operation")}: their load worker was paused or killed`] : []),
  ];
  return [
    ["Pace", `open loop, ${paceWords(load)}`],
    ...(calibration === undefined ? [] : [["Rate", reasonOf(load.rate, calibration)] as const]),
    ...clients,
    ["Not sent", reasons.length === 0 ? "none" : reasons.join("; ")],
  ];
}

const reasonOf = (
  rate: number,
  { askedRate, reachedRate, shares, kneeRate, kneeClientLimited }: Calibration,
): string =>
  shares !== undefined
    ? kneeRate === undefined
      ? `${shares} of the ${formatFigure(Math.round(reachedRate))}/s reached in the warm-up`
      : `${shares} of the knee, ${formatFigure(Math.round(kneeRate))}/s${kneeClientLimited === true ? " (client-limited: the load generator did not keep up above it)" : ""}`
    : rate < askedRate
      ? `half of the ${formatFigure(Math.round(reachedRate))}/s reached in the warm-up; ${formatFigure(askedRate)}/s is the default`
      : `the default; the warm-up reached ${formatFigure(Math.round(reachedRate))}/s`;
