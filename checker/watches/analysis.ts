import type { History } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { Deadlines } from "./deadlines.ts";
import { Findings } from "./findings/findings.ts";
import { judgeEvents } from "./judges/events.ts";
import type { Judging, Tally } from "./judges/judging.ts";
import { judgeKeySet } from "./judges/key-set.ts";
import { judgeOneShot, type OneShotJudging } from "./judges/one-shot.ts";
import { judgeStates } from "./judges/states.ts";
import { Lags } from "./lags.ts";
import type { PromiseOf } from "./promises.ts";
import { Compactions } from "./truth/compactions.ts";
import { Expected } from "./truth/expected.ts";
import { truthOf } from "./truth/truth.ts";
import { versionsOf } from "./truth/versions.ts";
import { type Watched, watchesOf } from "./watched.ts";

/** What was found out about all watches of a history. */
export interface Analysis extends OneShotJudging {
  readonly watches: readonly Watched[];
  readonly tallies: readonly Tally[];
  /** Events and states that watches received. */
  readonly received: number;
}

/** Judges every watch of a history; `bound`: how soon a change must reach a watch, once no fault disturbs it. */
export function analyse(history: History, promiseOf: PromiseOf, bound: Nanos): Analysis {
  const watches = watchesOf(history, promiseOf);
  const truth = truthOf(history, watches);
  const deadlines = new Deadlines(history, bound);
  const judging: Judging = {
    truth,
    expected: new Expected(truth),
    compactions: new Compactions(truth.operations, history),
    deadlines,
    lags: new Lags(deadlines),
    findings: new Findings(),
  };
  const hasStates = watches.some(({ promise }) => promise.contract !== "every-event");
  const all = {
    ...judging,
    versions: hasStates ? versionsOf(history, truth) : new Map(),
    reads: hasStates ? readsOf(truth.operations) : new Map(),
  };
  const tallies = watches.map((watch) => judged(watch, all));
  return { ...all, watches, tallies, received: tallies.reduce((sum, { received }) => sum + received, 0) };
}

function judged(watch: Watched, judging: OneShotJudging): Tally {
  switch (watch.promise.contract) {
    case "every-event":
      return judgeEvents(watch, judging);
    case "latest-state":
      return judgeStates(watch, judging);
    case "one-shot":
      return judgeOneShot(watch, judging);
    case "key-set":
      return judgeKeySet(watch, judging);
  }
}

function readsOf(operations: readonly Operation[]): Map<number, Operation[]> {
  const reads = new Map<number, Operation[]>();
  for (const operation of operations) {
    if (operation.call.f !== "read" || operation.outcome.type !== "ok") continue;
    const own = reads.get(operation.process);
    if (own === undefined) reads.set(operation.process, [operation]);
    else own.push(operation);
  }
  return reads;
}
