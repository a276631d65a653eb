import { type Clock, sleep } from "../../core/clock.ts";
import { millis, type Nanos, nanos, seconds, toSeconds } from "../../core/time.ts";
import { duration } from "../../core/wording.ts";
import type { Progress } from "../trial/progress.ts";
import type { Output } from "./output.ts";

/** What is shown of a trial while it runs. */
export interface Shown {
  show(progress: Progress): void;
  /** Ends the live line. */
  end(): void;
}

const redraw = millis(500);

/**
 * Prints the progress of a trial: a live line on a terminal, and plain lines for what is worth keeping. Stages that report
 * nothing themselves count their seconds on the live line.
 */
export function showProgress(output: Output, title: string, clock: Clock, isExternal = false): Shown {
  const ended = new AbortController();
  let stage: { readonly words: string; readonly since: Nanos } | undefined;
  let shownAt = clock.now();
  const live = (line: string) => {
    shownAt = clock.now();
    output.live(line);
  };
  const count = async () => {
    while (!ended.signal.aborted) {
      await sleep(clock, redraw, ended.signal).catch(() => {});
      if (ended.signal.aborted || stage === undefined || clock.now() - shownAt < redraw) continue;
      const passed = toSeconds(nanos(clock.now() - stage.since));
      if (passed >= toSeconds(seconds(1))) live(`${title}: ${stage.words} · ${Math.floor(passed)} s`);
    }
  };
  void count();
  return {
    end: () => ended.abort(),
    show(progress) {
      switch (progress.type) {
        case "stage": {
          const words = (isExternal ? externalLine : {})[progress.stage] ?? stageLine[progress.stage];
          stage = { words, since: clock.now() };
          output.note(`${title}: ${words}`);
          return;
        }
        case "tick":
          live(tickLine(title, progress));
          return;
        case "fault":
          output.note(`${title}:   ${faultLine(progress)}`);
          return;
        case "leader":
          live(`${title}: leader ${progress.node ?? "none"}`);
          return;
        case "log":
          output.note(`${title}: ${progress.line}`);
          return;
      }
    },
  };
}

type Stages = Record<Extract<Progress, { type: "stage" }>["stage"], string>;

const stageLine: Stages = {
  starting: "starting the cluster",
  waiting: "waiting for every node to be ready",
  "warming-up": "warming up",
  preloading: "writing what the load will find",
  main: "running load and faults",
  quiet: "load continues without faults",
  final: "reading every key one last time",
  stopping: "stopping the cluster",
  checking: "checking the history",
};

/** A cluster that is the user's own is neither started nor stopped. */
const externalLine: Partial<Stages> = {
  starting: "connecting to your cluster",
  stopping: "leaving your cluster",
};

function tickLine(title: string, tick: Extract<Progress, { type: "tick" }>): string {
  const { ok, fail, info } = tick.counts;
  const faults = tick.faults.length > 0 ? ` · ${tick.faults.join(" + ")}` : "";
  const left = tick.secondsLeft > 0 ? ` · ${Math.ceil(tick.secondsLeft)} s left` : "";
  const speed = tick.speed === undefined ? "" : ` · ${speedWords(tick.speed)}`;
  return `${title}: ${tick.stage}${left}${speed} · ${ok} ok ${fail} fail ${info} unknown · leader ${tick.leader ?? "none"}${faults}`;
}

/** `480/s, p50 2.1 ms, p99 14 ms` */
function speedWords({
  perSecond,
  p50,
  p99,
}: NonNullable<Extract<Progress, { type: "tick" }>["speed"]>): string {
  const times = p50 === undefined || p99 === undefined ? "" : `, p50 ${duration(p50)}, p99 ${duration(p99)}`;
  return `${Math.round(perSecond)}/s${times}`;
}

function faultLine({ name, change }: Extract<Progress, { type: "fault" }>): string {
  switch (change.state) {
    case "begin":
      return `${name}: ${change.summary}`;
    case "proven":
      return `${name}: took effect (${change.proof ?? "observed"})`;
    case "end":
      return `${name}: healed`;
  }
}
