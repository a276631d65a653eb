import type { CallWords } from "../checker/model.ts";
import { isUntimed } from "../checker/untimed.ts";
import type { Consistency } from "../core/consistency.ts";
import { type FaultWindow, faultWindows, leaderSpans } from "../core/fault.ts";
import { type History, isHarnessEvent, operations as operationsOf } from "../core/history.ts";
import type { Operation } from "../core/op.ts";
import type { Run, UsageSample } from "../core/run.ts";
import type { Nanos } from "../core/time.ts";
import type { Lane } from "../core/verdict.ts";
import {
  curveBand,
  type FaultBand,
  hues,
  type LaneBand,
  type PhaseBand,
  type Timeline,
} from "./charts/timeline.ts";
import { type Askers, askersOf } from "./data/load.ts";
import { lostWrites } from "./data/lost.ts";
import { requestedLine } from "./data/pace.ts";
import { type RunFigures, runFigures } from "./data/run-figures.ts";
import { seriesOf } from "./data/series.ts";
import { usageOf } from "./data/usage.ts";
import { formatDuration } from "./numbers.ts";

/** Known facts of any checked history. Facts that only a run of Assay has are optional. */
export type Judged = Pick<Run, "verdict" | "verdicts" | "operations"> &
  Partial<Pick<Run, "readMode" | "nemeses" | "nodes" | "faults" | "load" | "loadClients">>;

/** Input of all panels of a report: the run or the checked history, its operations, its timeline. */
export interface Context<R extends Judged = Run> {
  readonly run: R;
  /** Promise that the history was checked against. */
  readonly promises: Consistency;
  readonly operations: readonly Operation[];
  /** The same operations by who asked. */
  readonly askers: Askers;
  /** Figures of the load's operations. */
  readonly figures: RunFigures;
  /** False if the history has no times: its events are a millisecond apart. */
  readonly isTimed: boolean;
  readonly faults: readonly NamedFault[];
  readonly timeline: Timeline;
  /** Words for the operations, from the model of the workload. */
  readonly words: CallWords;
  /** Time of the last event, or of the end of the last fault. */
  readonly end: Nanos;
}

/** Fault window with its name in the report. */
export interface NamedFault {
  readonly window: FaultWindow;
  readonly band: FaultBand;
}

export function contextOf<R extends Judged>(
  run: R,
  history: History,
  usage: readonly UsageSample[],
  words: CallWords,
): Context<R> {
  const operations = operationsOf(history);
  const windows = run.faults?.length ? run.faults : faultWindows(history);
  // Not Math.max over a spread: a history may have more events than a call can take arguments.
  const last = [...history.map(({ time }) => time), ...windows.map(({ to }) => to)].reduce(
    (latest, time) => (time > latest ? time : latest),
    (run.readMode === undefined ? 1e6 : 1e9) as Nanos,
  );
  const leaders = leaderSpans(history);
  const askers = askersOf(operations, history, run);
  const faults = namedFaults(windows, run.nemeses);
  const phases = phasesOf(history, last);
  const loadEnd = phases.find(({ name }) => name === "ending" || name === "final")?.from ?? last / 1e9;
  const requested = requestedLine(run.load, loadEnd);
  const timeline: Timeline = {
    end: last / 1e9,
    nodes: run.nodes?.map(({ id }) => id) ?? nodesOf(operations),
    faults: faults.map(({ band }) => band),
    leaders: leaders.map(({ node, from, to }) => ({
      ...(node !== undefined && { node }),
      from: from / 1e9,
      to: to / 1e9,
    })),
    phases,
    lanes: run.verdicts.flatMap(({ checker, lanes = [] }) => lanes.map((lane) => laneBand(checker, lane))),
    curves: run.verdicts.flatMap(({ checker, curves = [] }) =>
      curves.map((curve) => curveBand(checker, curve)),
    ),
    series: seriesOf(askers.load, askers.standing, last),
    usage: usageOf(usage),
    ...(requested !== undefined && { requested }),
  };
  return {
    run,
    promises: run.readMode?.promises ?? "linearizable",
    operations,
    askers,
    figures: runFigures({
      operations: askers.load,
      faults: windows,
      leaders,
      lost: lostWrites(run.verdicts),
      end: last,
    }),
    isTimed: operations.some((operation) => !isUntimed(operation)),
    faults,
    timeline,
    words,
    end: last,
  };
}

/** Faults with their names and colours, in order of their begin. */
export function namedFaults(windows: readonly FaultWindow[], nemeses: readonly string[] = []): NamedFault[] {
  const names = [...new Set([...nemeses, ...windows.map(({ name }) => name)])];
  return windows.map((window, i): NamedFault => {
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

/** Nodes that operations went to, by name. */
const nodesOf = (operations: readonly Operation[]): string[] =>
  [...new Set(operations.flatMap(({ node }) => node ?? []))].sort();

export function phasesOf(history: History, end: Nanos): PhaseBand[] {
  const starts = history.filter(isHarnessEvent).filter((event) => event.f === "phase");
  return starts.map((event, i) => ({
    name: event.value,
    from: event.time / 1e9,
    to: (starts[i + 1]?.time ?? end) / 1e9,
  }));
}
