import { inRunMode } from "../core/history.ts";
import type { Outcome } from "../core/op.ts";
import type { Anomaly, Verdict } from "../core/verdict.ts";
import { count } from "../core/wording.ts";
import type { Checker } from "./checker.ts";
import { type OperationList, recorded } from "./linearizability/operation-list.ts";
import { illegal, type Model } from "./model.ts";

const checker = "enough-operations";

/**
 * Requires at least `needs[f]` successful operations of each kind `f`. A run with fewer says nothing about the system: it
 * is `unknown`, and the verdict names what was missing.
 */
export function enoughOperations({ needs }: { needs: Readonly<Record<string, number>> }): Checker {
  return {
    name: checker,
    check(history) {
      const done = new Map<string, number>();
      for (const event of history)
        if (event.type === "ok" && inRunMode(event)) done.set(event.f, (done.get(event.f) ?? 0) + 1);
      const summaries = Object.entries(needs).flatMap(([f, needed]) => {
        const succeeded = done.get(f) ?? 0;
        const few = succeeded === 0 ? `no ${f} operation` : `only ${count(succeeded, `${f} operation`)}`;
        return succeeded < needed ? [`${few} succeeded; the verdict needs at least ${needed}`] : [];
      });
      const figures = Object.fromEntries(Object.keys(needs).map((f) => [`ok ${f}`, done.get(f) ?? 0]));
      return verdict(summaries, "enough operations of each kind succeeded", figures);
    },
  };
}

/**
 * Requires that a history, whoever recorded it, shows something of `model`'s object. It is `unknown` where no operation
 * succeeded; where every successful operation read the initial state, as on any system; and where reads were requested
 * but none was answered, so that nothing shows what the other operations did.
 */
export function enoughToJudge(model: Model): Checker {
  return {
    name: checker,
    check(history) {
      const { byName, changed, sawChange } = seen(model, recorded(history));
      const ok = [...byName.values()].reduce((sum, counts) => sum + counts.ok, 0);
      const unanswered = [...byName].filter((entry) => entry[1].isRead && entry[1].ok === 0);
      const summaries =
        ok === 0
          ? [`no operation succeeded (requested: ${requested(byName)}), so there is nothing to judge`]
          : !changed && !sawChange
            ? [
                "every successful operation read the initial state, and nothing had changed it: any system would pass",
              ]
            : unanswered.map(
                ([f, { asked }]) =>
                  `${asked === 1 ? `the only ${f} operation was not` : `none of the ${count(asked, `${f} operation`)} was`} answered, so nothing shows what the others did`,
              );
      const figures = Object.fromEntries([...byName].map(([f, counts]) => [`ok ${f}`, counts.ok]));
      return verdict(summaries, "enough operations succeeded to reveal a violation", figures);
    },
  };
}

interface Seen {
  /** Operations by name; `isRead`: it changes nothing, whatever its answer. */
  readonly byName: ReadonlyMap<string, { asked: number; ok: number; isRead: boolean }>;
  /** Whether an operation other than a read succeeded. */
  readonly changed: boolean;
  /** Whether a read returned anything but the initial state. */
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

/** `3 read, 2 write` */
const requested = (byName: Seen["byName"]): string =>
  [...byName].map(([f, { asked }]) => `${asked} ${f}`).join(", ") || "none";

function verdict(
  summaries: readonly string[],
  enough: string,
  figures: Readonly<Record<string, number>>,
): Verdict {
  const kind = summaries.length === 0 ? "valid" : "unknown";
  const anomalies = summaries.map((summary): Anomaly => ({ kind: "too-few-operations", summary }));
  return { checker, kind, summary: summaries[0] ?? enough, anomalies, figures };
}
