import { faultWindows } from "../core/fault.ts";
import { inRunMode } from "../core/history.ts";
import type { Outcome } from "../core/op.ts";
import type { Anomaly, Verdict } from "../core/verdict.ts";
import type { Checker } from "./checker.ts";
import { type OperationList, recorded } from "./linearizability/operation-list.ts";
import { illegal, type Model } from "./model.ts";

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

/**
 * Holds a history to having shown something of `model`'s object. It is `unknown`, whoever recorded it, where no operation
 * succeeded; where all that succeeded read the initial state, which any system could answer; and where reads were asked for
 * and none was answered, so that nobody looked at what the others did.
 */
export function vacuityUnder(model: Model): Checker {
  return {
    name: "vacuity",
    check(history) {
      const { byName, changed, sawChange } = seen(model, recorded(history));
      const ok = [...byName.values()].reduce((sum, counts) => sum + counts.ok, 0);
      const unanswered = [...byName].filter((entry) => entry[1].isRead && entry[1].ok === 0);
      const summaries =
        ok === 0
          ? [`none of ${counted(byName)} succeeded, so nothing was tried`]
          : !changed && !sawChange
            ? [
                "every operation that succeeded read the initial state, and nothing had changed it: any system would pass",
              ]
            : unanswered.map(
                ([f, { asked }]) =>
                  `none of ${asked} ${f} operations was answered, so nobody saw what the others did`,
              );
      const anomalies = summaries.map((summary): Anomaly => ({ kind: "vacuous", summary }));
      const figures = Object.fromEntries([...byName].map(([f, counts]) => [`ok ${f}`, counts.ok]));
      return verdict("vacuity", anomalies, "what succeeded is enough to show a violation", figures);
    },
  };
}

interface Seen {
  /** Operations by name; `isRead`: whatever it answers, it changes nothing. */
  readonly byName: ReadonlyMap<string, { asked: number; ok: number; isRead: boolean }>;
  /** Whether an operation succeeded that is no read. */
  readonly changed: boolean;
  /** Whether a read answered something else than the initial state. */
  readonly sawChange: boolean;
}

function seen(model: Model, list: OperationList): Seen {
  const byName = new Map<string, { asked: number; ok: number; isRead: boolean }>();
  let changed = false;
  let sawChange = false;
  for (let i = 0; i < list.length; i++) {
    const call = list.call(i);
    const outcome = list.outcome(i);
    const counts = byName.get(call.f) ?? { asked: 0, ok: 0, isRead: true };
    byName.set(call.f, counts);
    counts.asked++;
    counts.isRead &&= model.readOnly?.(call, unanswered) === true;
    if (outcome.type !== "ok") continue;
    counts.ok++;
    if (model.readOnly?.(call, outcome) !== true) changed = true;
    else sawChange ||= model.step(model.init, call, outcome) === illegal;
  }
  return { byName, changed, sawChange };
}

const unanswered: Outcome = { type: "info", error: { code: "unknown", definite: false, message: "" } };

/** `3 read and 2 write operations` */
function counted(byName: Seen["byName"]): string {
  const parts = [...byName].map(([f, { asked }]) => `${asked} ${f}`);
  const last = parts.at(-1) ?? "0";
  return `${parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`} operations`;
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
