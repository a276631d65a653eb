/** Latency over time and by percentile, a small chart for each candidate or promise. */
import { hues } from "../charts/timeline.ts";
import { measures } from "../data/measure.ts";
import { type Html, html } from "../html.ts";
import { type Candidate, classWords, readClasses } from "./candidates.ts";
import { candidateName, caveats, hasService } from "./cells.ts";
import { overTimeChart, type Scales, spectraChart, swatch } from "./charts.ts";
import { type Kind, kinds, type RunDigest } from "./digest.ts";

/** Median, 99th percentile and slowest over time. `id` is unique on the page. */
export function latencyOverTime(candidates: readonly Candidate[], scales: Scales, id: string): Html {
  const faultNames = [
    ...new Set(
      candidates.flatMap(({ runs }) => runs.flatMap(({ faults }) => faults.map(({ name }) => name))),
    ),
  ];
  return html`<p class="legend"><span class="key line-key p50">p50</span> <span class="key line-key p99">p99</span> <span class="key line-key max">slowest</span> ${faultNames.map(
    (name, i) => html`<span class="key fault-key hue-${i % hues}">${name}</span> `,
  )}<span class="quiet">one scale for all; p99 is drawn only where a second has at least 100 operations${isRepeated(candidates) && ", of the first run of each"}</span></p>
${kinds.map((kind) => overTimeOf(candidates, kind, scales, faultNames, id))}`;
}

const isRepeated = (candidates: readonly Candidate[]): boolean =>
  candidates.some(({ runs }) => runs.length > 1);

function overTimeOf(
  candidates: readonly Candidate[],
  kind: Kind,
  scales: Scales,
  faultNames: readonly string[],
  id: string,
): Html | undefined {
  const shown = candidates.filter(({ runs }) => runs[0]?.kinds[kind] !== undefined);
  if (shown.length === 0) return undefined;
  return html`<h3>${kindTitle[kind]}</h3>
<div class="compared">${shown.map((candidate, i) => {
    const drawn = (measure: (typeof measures)[number]) =>
      overTimeChart(
        candidate.runs[0] as RunDigest,
        {
          kind,
          measure,
          id: `${id}-${kind}-${measure}-${i}`,
          name: `${candidate.name} ${candidate.readMode}`,
        },
        scales,
        faultNames,
      );
    return html`<figure><figcaption>${candidateName(candidate)}</figcaption>${chosen(candidate, drawn)}</figure>`;
  })}</div>`;
}

const kindTitle: Readonly<Record<Kind, string>> = {
  write: "Writes, linearizable in every read mode",
  read: "Reads, as their mode promises",
};

/** A chart for each measure, of which the page shows one; one only, if they are the same. */
const chosen = (candidate: Candidate, draw: (measure: (typeof measures)[number]) => Html): Html =>
  hasService([candidate])
    ? html`${measures.map((measure) => html`<div class="by-${measure}">${draw(measure)}</div>`)}`
    : draw("response");

/** Latency by percentile: writes of all candidates together, reads of each promise on their own. */
export function percentiles(candidates: readonly Candidate[], scales: Scales): Html {
  const groups = [
    { kind: "write" as const, name: "Writes", own: candidates },
    ...readClasses.map((reads) => ({
      kind: "read" as const,
      name: classWords[reads],
      own: candidates.filter((candidate) => candidate.reads === reads),
    })),
  ]
    .map((group) => ({
      ...group,
      own: group.own.filter(({ runs }) => runs[0]?.kinds[group.kind] !== undefined),
    }))
    .filter(({ own }) => own.length > 0);
  const drawn = ({ kind, name, own }: (typeof groups)[number], measure: (typeof measures)[number]) =>
    html`<div class="by-${measure}">${spectraChart(own, { kind, measure, name }, scales)}</div>`;
  return html`<p class="legend"><span class="quiet">ok operations of the whole run, faults included, on one scale${isRepeated(candidates) && ", of the first run of each"}</span></p>
<div class="compared wide">${groups.map(
    (group) =>
      html`<figure><figcaption><b class="whole-line">${group.name}</b> ${group.own.map(
        (candidate) =>
          html`<span class="swatch-key">${swatch(candidate)} ${candidate.name} <code>${candidate.readMode}</code>${caveats(candidate)}</span> `,
      )}</figcaption>${hasService(group.own) ? measures.map((measure) => drawn(group, measure)) : drawn(group, "response")}</figure>`,
  )}</div>`;
}
