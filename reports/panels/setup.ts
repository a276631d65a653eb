import type { Context } from "../context.ts";
import { formatBytes, formatCount, formatDuration } from "../format.ts";
import { type Content, type Html, html } from "../html.ts";

/** All that one needs to repeat the run: the command, the configuration, versions and machine. */
export function setupPanel({ run }: Context): Html {
  const { machine, assay, phases } = run;
  return html`<section aria-labelledby="setup"><h2 id="setup">Set-up</h2>
<h3>Repeat this run</h3>
<div class="command"><pre tabindex="0" aria-label="Command that repeats this run"><code id="command">${run.command}</code></pre><button type="button" class="scripted" data-copy="command">Copy</button></div>
<div class="columns">
${facts("Run", [
  ["Id", run.id],
  ["Seed", String(run.seed)],
  ["Began", run.startedAt],
  ["Took", formatDuration(run.seconds)],
  ["of it set-up", formatDuration(phases.setUp)],
  ["of it load", formatDuration(phases.load)],
  ["of it checking", formatDuration(phases.check)],
  ...(run.lastRevision === undefined ? [] : [["Last revision", formatCount(run.lastRevision)] as const]),
])}
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

function facts(title: string, entries: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<table class="facts"><caption>${title}</caption><tbody>${entries.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>`;
}
