/** What `assay check` is asked for, what it reads, and what comes of that. */
import type { Checker } from "../../../checker/checker.ts";
import type { CallWords } from "../../../checker/model.ts";
import type { Consistency } from "../../../core/consistency.ts";
import type { History } from "../../../core/history.ts";
import type { Run } from "../../../core/run.ts";
import type { Verdict, VerdictKind } from "../../../core/verdict.ts";
import type { Understood } from "./understood.ts";

export interface CheckOptions {
  /** Absent: the only one that fits the history. */
  readonly model?: string;
  readonly format?: string;
  /** JSON, or `unknown`. */
  readonly initial?: string;
  readonly fail?: "no-effect" | "comparison";
  /** Not key by key. */
  readonly whole: boolean;
  /** Seconds. */
  readonly timeLimit: number;
  /** MiB. */
  readonly memoryLimit: number;
  /** The HTML file for the report of the one history. */
  readonly report?: string;
}

/** A history, and who judges it. */
export interface Case {
  readonly file: string;
  readonly history: History;
  /** Whether its last line was cut off, and dropped. */
  readonly truncated: boolean;
  readonly checkers: readonly Checker[];
  /** Words for its operations. */
  readonly words: CallWords;
  readonly promises: Consistency;
  /** What was found before. It stands where no checker of that name judges again. */
  readonly known: readonly Verdict[];
  readonly understood: Understood;
  /** What might explain a violation that is none; looked for where there is one. */
  hintOf?(): string | undefined;
  /** The stored run; absent for a file of history. */
  readonly run?: Run;
}

/** A case, judged. */
export interface Judged extends Case {
  readonly operations: number;
  readonly verdicts: readonly Verdict[];
  readonly verdict: VerdictKind;
  /** What the user could say that might change the verdict. */
  readonly hint?: string;
}
