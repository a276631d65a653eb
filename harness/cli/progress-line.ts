import type { Progress } from "../trial/progress.ts";
import type { Output } from "./output.ts";

/** Prints the progress of a trial: a live line on a terminal, and plain lines for what is worth keeping. */
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
  waiting: "waiting for every node to be ready",
  "warming-up": "warming up",
  main: "running load and faults",
  quiet: "faults healed, load continues",
  final: "reading every key one last time",
  stopping: "stopping the cluster",
  checking: "checking the history",
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
      return `${name}: took effect (${change.proof ?? "observed"})`;
    case "end":
      return `${name}: healed`;
  }
}
