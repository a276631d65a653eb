import { faultWindows } from "../core/fault.ts";
import { inRunMode } from "../core/history.ts";
import type { Anomaly, Verdict } from "../core/verdict.ts";
import type { Checker } from "./checker.ts";

/**
 * Holds a run to having done something: at least `needs[f]` operations `f` that ended `ok`. A run that did less says
 * nothing about the system, so it is `unknown`, naming what was missing.
 */
export function vacuity({ needs }: { needs: Readonly<Record<string, number>> }): Checker {
  return {
    name: "vacuity",
    check(history) {
      const done = new Map<string, number>();
      for (const event of history)
        if (event.type === "ok" && inRunMode(event)) done.set(event.f, (done.get(event.f) ?? 0) + 1);
      const anomalies = Object.entries(needs).flatMap(([f, needed]): Anomaly[] => {
        const count = done.get(f) ?? 0;
        const summary = `only ${count} ${f} operations succeeded, and ${needed} are needed for the verdict to mean anything`;
        return count < needed ? [{ kind: "vacuous", summary }] : [];
      });
      const figures = Object.fromEntries(Object.keys(needs).map((f) => [`ok ${f}`, done.get(f) ?? 0]));
      return verdict("vacuity", anomalies, "enough operations of every kind succeeded", figures);
    },
  };
}

/** Holds a run to its faults: one that was never seen to bite tried nothing, and the verdict is `unknown`. */
export function faultsProven(): Checker {
  return {
    name: "faults-proven",
    check(history) {
      const windows = faultWindows(history);
      const anomalies = windows
        .filter(({ proof }) => proof === undefined)
        .map(
          ({ summary }): Anomaly => ({
            kind: "fault-not-proven",
            summary: `the fault "${summary}" was injected but never seen to bite`,
          }),
        );
      return verdict("faults-proven", anomalies, `${windows.length} faults were seen to bite`, {
        faults: windows.length,
        proven: windows.length - anomalies.length,
      });
    },
  };
}

function verdict(
  checker: string,
  anomalies: readonly Anomaly[],
  fine: string,
  figures: Readonly<Record<string, number>>,
): Verdict {
  const first = anomalies[0];
  return first === undefined
    ? { checker, kind: "valid", summary: fine, anomalies, figures }
    : { checker, kind: "unknown", summary: first.summary, anomalies, figures };
}
