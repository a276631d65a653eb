/** Types of `assay check`: its options, a history to check, and the result. */
import type { Checker } from "../../../checker/checker.ts";
import type { CallWords } from "../../../checker/model.ts";
import type { Consistency } from "../../../core/consistency.ts";
import type { History } from "../../../core/history.ts";
import type { Run } from "../../../core/run.ts";
import type { Verdict, VerdictKind } from "../../../core/verdict.ts";
import type { Understood } from "./understood.ts";

export interface CheckOptions {
  /** Default: the only one that fits the history. */
  readonly model?: string;
  readonly format?: string;
  /** JSON, or `unknown`. */
  readonly initial?: string;
  readonly fail?: "no-effect" | "comparison";
  /** Checks all keys as one object instead of key by key. */
  readonly whole: boolean;
  /** Seconds. */
  readonly timeLimit: number;
  /** MiB. */
  readonly memoryLimit: number;
  /** The HTML file for the report of the one history. */
  readonly report?: string;
}

/** A history and the checkers for it. */
export interface Case {
  readonly file: string;
  readonly history: History;
  /** Whether the last line was cut off and dropped. */
  readonly truncated: boolean;
  readonly checkers: readonly Checker[];
  /** Words for its operations. */
  readonly words: CallWords;
  readonly promises: Consistency;
  /** Earlier verdicts. Each one stands unless a checker of the same name runs again. */
  readonly known: readonly Verdict[];
  readonly understood: Understood;
  /** Suggests what could explain a false violation; called only if there is a violation. */
  hintOf?(): string | undefined;
  /** The stored run; absent for a history file. */
  readonly run?: Run;
}

/** A case with its verdicts. */
export interface Judged extends Case {
  readonly operations: number;
  readonly verdicts: readonly Verdict[];
  readonly verdict: VerdictKind;
  /** An option that might change the verdict. */
  readonly hint?: string;
}
