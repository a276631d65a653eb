import type { Progress } from "../trial/progress.ts";
import type { Output } from "./output.ts";

/** Tells a trial's progress: a live line on a terminal; plain lines for what is worth keeping, everywhere. */
export function showProgress(output: Output, title: string): (progress: Progress) => void {
  return (progress) => {
    switch (progress.type) {
      case "stage":
        output.note(`${title}: ${stageLine[progress.stage]}`);
        return;
      case "tick":
        output.live(tickLine(title, progress));
        return;
      case "fault":
        output.note(`${title}:   ${faultLine(progress)}`);
        return;
      case "leader":
        output.live(`${title}: leader ${progress.node ?? "none"}`);
        return;
      case "log":
        output.note(`${title}: ${progress.line}`);
        return;
    }
  };
}

const stageLine: Record<Extract<Progress, { type: "stage" }>["stage"], string> = {
  starting: "starting the cluster",
  waiting: "waiting until every node serves",
  "warming-up": "warming up",
  main: "load and faults",
  quiet: "healed; the load goes on",
  final: "final reads",
  stopping: "stopping the cluster",
  checking: "judging the history",
};

function tickLine(title: string, tick: Extract<Progress, { type: "tick" }>): string {
  const { ok, fail, info } = tick.counts;
  const faults = tick.faults.length > 0 ? ` · ${tick.faults.join(" + ")}` : "";
  const left = tick.secondsLeft > 0 ? ` · ${Math.ceil(tick.secondsLeft)} s left` : "";
  return `${title}: ${tick.stage}${left} · ${ok} ok ${fail} fail ${info} unknown · leader ${tick.leader ?? "none"}${faults}`;
}

function faultLine({ name, change }: Extract<Progress, { type: "fault" }>): string {
  switch (change.state) {
    case "begin":
      return `${name}: ${change.summary}`;
    case "proven":
      return `${name}: proven (${change.proof ?? "seen"})`;
    case "end":
      return `${name}: healed`;
  }
}
