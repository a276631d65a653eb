import type { History } from "../core/history.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Checker, RunContext } from "./checker.ts";

/** The `kind` of the anomaly that reports a failed checker, or a failure of something that it needs. */
export const failedKind = "checker-failed";

/** The verdict of each checker, in the order given, with the seconds that it took. Never rejects: see `guarded`. */
export async function runCheckers(
  checkers: readonly Checker[],
  history: History,
  context: RunContext,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const checker of checkers) {
    const start = context.now();
    const verdict = await guarded(checker).check(history, context);
    verdicts.push({ ...verdict, seconds: context.now() - start });
  }
  return verdicts;
}

/** Wraps `checker`: where it throws, the verdict is `unknown` with the reason, since a checker that failed has judged nothing. */
export function guarded(checker: Checker): Checker {
  return {
    name: checker.name,
    async check(history, context) {
      try {
        return await checker.check(history, context);
      } catch (reason) {
        const summary = `the checker failed: ${reason instanceof Error ? reason.message : String(reason)}`;
        const anomalies = [{ kind: failedKind, summary }];
        return { checker: checker.name, kind: "unknown", summary, anomalies };
      }
    },
  };
}
