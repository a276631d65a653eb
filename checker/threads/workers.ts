import type { Limits } from "../linearizability/limits.ts";
import type { Columns } from "../linearizability/register/columns.ts";
import type { NumberedJudgement } from "../linearizability/search/numbered-judgement.ts";

/** Judges registers in parallel, in threads of the platform, so that the checker itself stays pure. */
export interface Workers {
  /**
   * The judgement of each register, in their order. At most `threads` are judged at once, all before the deadline and
   * each within `limits.memoryBytes`. A register whose worker fails is not judged; the others are.
   */
  judge(
    registers: readonly Columns[],
    threads: number,
    limits: Limits,
  ): Promise<readonly (NumberedJudgement | Failed)[]>;
}

/** The worker that judged a register failed: nothing is known about the register. */
export interface Failed {
  readonly kind: "failed";
  readonly reason: string;
}
