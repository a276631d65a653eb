import type { RunContext } from "./checker.ts";
import type { Columns } from "./register/columns.ts";
import { type ColumnsJudgement, judgeColumns } from "./register/judge-columns.ts";
import type { Limits } from "./search/limits.ts";

/** Turns of the search after which a register is hard enough to be worth a thread. */
const easyTurns = 1;

/**
 * The judgement of every register, in their order. Those that a short search decides are judged at once, for to start a
 * thread takes longer; the hard ones side by side, where there are workers and more than one is hard.
 */
export async function judgeRegisters(
  registers: readonly Columns[],
  limits: Limits,
  { threads, workers }: Pick<RunContext, "threads" | "workers">,
): Promise<ColumnsJudgement[]> {
  const hard: number[] = [];
  const judgements = registers.map((columns, i): ColumnsJudgement | undefined => {
    const judgement = judgeColumns(columns, limits, easyTurns);
    if (judgement.kind !== "gave-up") return judgement;
    hard.push(i);
    return undefined;
  });
  const judged = await judgeHard(
    hard.map((i) => registers[i] as Columns),
    limits,
    { threads, workers },
  );
  hard.forEach((i, at) => {
    judgements[i] = judged[at];
  });
  return judgements as ColumnsJudgement[];
}

async function judgeHard(
  registers: readonly Columns[],
  limits: Limits,
  { threads, workers }: { threads: number; workers: RunContext["workers"] },
): Promise<readonly ColumnsJudgement[]> {
  const atOnce = Math.min(threads, registers.length);
  if (workers === undefined || atOnce < 2) return registers.map((columns) => judgeColumns(columns, limits));
  return workers.judge(registers, atOnce, { ...limits, memoryBytes: limits.memoryBytes / atOnce });
}
