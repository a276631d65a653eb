import { type FaultWindow, faultWindows, leaderSpans } from "../core/fault.ts";
import { type History, isHarnessEvent, operations as operationsOf } from "../core/history.ts";
import type { Operation } from "../core/op.ts";
import type { Run, UsageSample } from "../core/run.ts";
import type { Nanos } from "../core/time.ts";
import type { Lane } from "../core/verdict.ts";
import { type FaultBand, hues, type LaneBand, type PhaseBand, type Timeline } from "./charts/timeline.ts";
import { seriesOf } from "./data/series.ts";
import { usageOf } from "./data/usage.ts";
import { formatDuration } from "./format.ts";

/** What every panel of a run's report may use: the run, its operations, and its timeline. */
export interface Context {
  readonly run: Run;
  readonly operations: readonly Operation[];
  readonly faults: readonly NamedFault[];
  readonly timeline: Timeline;
  /** Time of the history's last event, or of the last fault's end. */
  readonly end: Nanos;
}

/** A fault window with the name that the report calls it by. */
export interface NamedFault {
  readonly window: FaultWindow;
  readonly band: FaultBand;
}

export function contextOf(run: Run, history: History, usage: readonly UsageSample[]): Context {
  const operations = operationsOf(history);
  const windows = run.faults.length > 0 ? run.faults : faultWindows(history);
  // Not Math.max over a spread: a history may hold more events than a call takes arguments.
  const last = [...history.map(({ time }) => time), ...windows.map(({ to }) => to)].reduce(
    (latest, time) => (time > latest ? time : latest),
    1e9 as Nanos,
  );
  const names = [...new Set([...run.nemeses, ...windows.map(({ name }) => name)])];
  const faults = windows.map((window, i): NamedFault => {
    const { name, summary, nodes, proof } = window;
    return {
      window,
      band: {
        label: `F${i + 1}`,
        name,
        summary,
        nodes,
        from: window.from / 1e9,
        to: window.to / 1e9,
        proven: proof !== undefined,
        hue: names.indexOf(name) % hues,
      },
    };
  });
  const timeline: Timeline = {
    end: last / 1e9,
    nodes: run.nodes.map(({ id }) => id),
    faults: faults.map(({ band }) => band),
    leaders: leaderSpans(history).map(({ node, from, to }) => ({
      ...(node !== undefined && { node }),
      from: from / 1e9,
      to: to / 1e9,
    })),
    phases: phasesOf(history, last),
    lanes: run.verdicts.flatMap(({ checker, lanes = [] }) => lanes.map((lane) => laneBand(checker, lane))),
    series: seriesOf(operations, last),
    usage: usageOf(usage),
  };
  return { run, operations, faults, timeline, end: last };
}

function laneBand(checker: string, { label, node, from, to, text, figures = {}, colour }: Lane): LaneBand {
  const duration = Object.entries(figures).find(([name]) => name.endsWith(" ms"))?.[1];
  return {
    checker,
    label,
    ...(node !== undefined && { node }),
    from: from / 1e9,
    to: to / 1e9,
    text,
    short: duration === undefined ? "" : formatDuration(duration / 1e3),
    colour,
  };
}

function phasesOf(history: History, end: Nanos): PhaseBand[] {
  const starts = history.filter(isHarnessEvent).filter((event) => event.f === "phase");
  return starts.map((event, i) => ({
    name: event.value,
    from: event.time / 1e9,
    to: (starts[i + 1]?.time ?? end) / 1e9,
  }));
}
