import type { RunContext } from "../checker.ts";
import type { Failed } from "../threads/workers.ts";
import type { Budget } from "./limits.ts";
import type { Columns } from "./register/columns.ts";
import { judgeColumns } from "./register/judge-columns.ts";
import type { NumberedJudgement } from "./search/numbered-judgement.ts";

/** Turns of the search after which a register is hard enough to be worth a thread. */
const easyTurns = 1;

/**
 * The judgement of each register, in their order. Those that a short search decides are judged at once, because starting a
 * thread takes longer; the hard ones run in parallel, where there are workers and more than one is hard. `known` may return
 * a legal order of a register that unique values do not decide.
 */
export async function judgeRegisters(
  registers: readonly Columns[],
  known: (register: number) => Int32Array | undefined,
  budget: Budget,
  { threads, workers }: Pick<RunContext, "threads" | "workers">,
): Promise<(NumberedJudgement | Failed)[]> {
  const hard: number[] = [];
  const judgements = registers.map((columns, i): NumberedJudgement | Failed | undefined => {
    const judgement = judgeColumns(columns, budget, { known: () => known(i) }, easyTurns);
    if (judgement.kind !== "gave-up") return judgement;
    hard.push(i);
    return undefined;
  });
  const judged = await judgeHard(
    hard.map((i) => registers[i] as Columns),
    budget,
    { threads, workers },
  );
  hard.forEach((i, at) => {
    judgements[i] = judged[at];
  });
  return judgements as (NumberedJudgement | Failed)[];
}

async function judgeHard(
  registers: readonly Columns[],
  budget: Budget,
  { threads, workers }: { threads: number; workers: RunContext["workers"] },
): Promise<readonly (NumberedJudgement | Failed)[]> {
  const atOnce = Math.min(threads, registers.length);
  if (workers === undefined || atOnce < 2) return registers.map((columns) => judgeColumns(columns, budget));
  const limits = budget.rest();
  return workers.judge(registers, atOnce, { ...limits, memoryBytes: limits.memoryBytes / atOnce });
}
