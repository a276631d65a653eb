import type { FaultChange } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import type { OutcomeCounts } from "../../core/run.ts";
import type { Speed } from "./recent.ts";

/** Stage of a trial. `main`, `quiet` and `final` are also the phases of the history. */
export type Stage =
  | "starting"
  | "waiting"
  | "warming-up"
  | "preloading"
  | "main"
  | "quiet"
  | "final"
  | "stopping"
  | "checking";

/** Progress of a trial, for a live line or plain lines. */
export type Progress =
  | { readonly type: "stage"; readonly stage: Stage; readonly dir: string }
  | {
      /** Sent about five times a second from `main` to `final`. */
      readonly type: "tick";
      readonly stage: Stage;
      /** Upper bound for the stage; 0 if unknown. */
      readonly secondsLeft: number;
      readonly counts: OutcomeCounts;
      /** In the last few seconds; absent at first, and when the load is over. */
      readonly speed?: Speed;
      /** Summaries of the active faults. */
      readonly faults: readonly string[];
      readonly leader?: NodeId;
    }
  | { readonly type: "fault"; readonly name: string; readonly change: FaultChange }
  | { readonly type: "leader"; readonly node?: NodeId }
  /** A line for people: what a runtime does, or a problem that was dealt with. */
  | { readonly type: "log"; readonly line: string };
