/** Follows runs that go on: draws what the server sends, about once a second. */
import { lanesChart } from "../charts/lanes.ts";
import { percentilesChart } from "../charts/percentiles.ts";
import { throughputChart } from "../charts/throughput.ts";
import type { Timeline, View } from "../charts/timeline.ts";
import { unpack } from "../data/columns.ts";
import { formatCount, formatDuration, formatMicros, formatRate } from "../numbers.ts";
import { type LiveRun, liveEvents } from "../runs/live.ts";
import { goesOn, type RunState } from "../runs/row.ts";
import { onResize } from "./dom.ts";

export function mountLive(): void {
  const host = document.querySelector<HTMLElement>("[data-live]");
  if (host === null) return;
  const runs = new Map(
    [...host.querySelectorAll<HTMLElement>("[data-live-run]")].map(
      (section, i) => [section.dataset["liveRun"] ?? "", new LiveSection(section, `r${i + 1}-`)] as const,
    ),
  );
  const broken = host.querySelector<HTMLElement>("[data-live-broken]");
  const source = new EventSource(host.dataset["live"] ?? "");
  const answers = (does: boolean) => broken?.toggleAttribute("hidden", does);
  source.addEventListener("open", () => answers(true));
  source.addEventListener("error", () => answers(false));
  source.addEventListener(liveEvents.run, ({ data }) => {
    const run = unpack(String(data)) as LiveRun;
    runs.get(run.id)?.show(run);
  });
  source.addEventListener(liveEvents.end, () => source.close());
}

const stateWords: Readonly<Record<RunState, string>> = {
  starting: "starting",
  running: "running",
  checking: "checking what was recorded",
  ended: "ended",
  killed: "killed",
  unreadable: "unreadable",
};

/** The section of one run. */
class LiveSection {
  readonly #section: HTMLElement;
  /** Begins the ids of its charts. */
  readonly #prefix: string;
  #timeline: Timeline | undefined;

  constructor(section: HTMLElement, prefix: string) {
    this.#section = section;
    this.#prefix = prefix;
    for (const plot of this.#plots()) onResize(plot, () => this.#draw(plot));
  }

  show(run: LiveRun): void {
    const { counts, recent, leader, faults } = run;
    const phase = run.state === "running" && run.phase !== undefined ? `: ${run.phase}` : "";
    this.#put("phase", `${stateWords[run.state]}${phase}`);
    this.#put("rate", recent === undefined ? "–" : formatRate(recent.perSecond));
    this.#put("p50", formatMicros(recent?.p50 ?? Number.NaN));
    this.#put("p99", formatMicros(recent?.p99 ?? Number.NaN));
    this.#put("counts", [counts.ok, counts.fail, counts.info].map(formatCount).join(", "));
    this.#put("elapsed", formatDuration(Math.floor(run.elapsed)));
    this.#put("leader", leader ?? "none");
    this.#put("faults", faults.length === 0 ? "none" : faults.join("; "));
    this.#section.querySelector("[data-live-report]")?.toggleAttribute("hidden", goesOn(run.state));
    this.#timeline = run.timeline;
    for (const plot of this.#plots()) this.#draw(plot);
  }

  #plots(): HTMLElement[] {
    return [...this.#section.querySelectorAll<HTMLElement>("[data-live-plot]")];
  }

  #put(fact: string, text: string): void {
    const place = this.#section.querySelector(`[data-live-fact="${fact}"]`);
    if (place !== null && place.textContent !== text) place.textContent = text;
  }

  #draw(plot: HTMLElement): void {
    const timeline = this.#timeline;
    const width = Math.floor(plot.clientWidth);
    if (timeline === undefined || width === 0) return;
    const view: View = { from: 0, to: timeline.end, width };
    plot.innerHTML = withPrefix(chartOf(plot.dataset["livePlot"] ?? "", timeline, view), this.#prefix);
  }
}

const shown = { f: "", measure: "response" } as const;

function chartOf(name: string, timeline: Timeline, view: View): string {
  if (name === "lanes") return lanesChart(timeline, view).markup;
  if (name === "percentiles") return percentilesChart(timeline, view, shown).markup;
  return throughputChart(timeline, view, shown).markup;
}

/** The same chart may be on the page for each run, and an id only once. In values quotes are escaped, so only ids match. */
const withPrefix = (markup: string, prefix: string): string =>
  markup.replaceAll(' id="', ` id="${prefix}`).replaceAll("url(#", `url(#${prefix}`);
