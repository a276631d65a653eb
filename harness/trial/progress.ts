import type { FaultChange } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import type { OutcomeCounts } from "../../core/run.ts";

/** Where a trial stands. `main`, `quiet` and `final` are also the phases of the history. */
export type Stage =
  | "starting"
  | "waiting"
  | "warming-up"
  | "main"
  | "quiet"
  | "final"
  | "stopping"
  | "checking";

/** What a trial tells while it runs, for a live line or plain lines. */
export type Progress =
  | { readonly type: "stage"; readonly stage: Stage; readonly dir: string }
  | {
      /** About five a second from `main` to `final`. */
      readonly type: "tick";
      readonly stage: Stage;
      /** Of the stage, at most; 0 where nobody knows. */
      readonly secondsLeft: number;
      readonly counts: OutcomeCounts;
      /** Summaries of the faults of the moment. */
      readonly faults: readonly string[];
      readonly leader?: NodeId;
    }
  | { readonly type: "fault"; readonly name: string; readonly change: FaultChange }
  | { readonly type: "leader"; readonly node?: NodeId }
  /** A line for people: what a runtime does, what went wrong and was dealt with. */
  | { readonly type: "log"; readonly line: string };
