import type { Call, Json, Operation, Outcome, Result } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { illegal, type Model } from "../model.ts";

export interface RandomHistoryOptions<S> {
  readonly model: Model<S>;
  readonly operations: number;
  readonly processes: number;
  /** The chance that an operation ends as `info`, whether or not it took effect. */
  readonly crashes: number;
  /** A call that may be asked. */
  call(random: Random): Call;
  /** What a call answers in a state: the outcome that the model accepts. */
  answer(state: S, call: Call): Outcome;
}

interface Open {
  readonly process: number;
  readonly call: Call;
  readonly callIndex: number;
  readonly outcome?: Outcome;
}

const crashed: Outcome = {
  type: "info",
  error: { code: "timeout", definite: false, message: "no answer" },
};

/**
 * A history that is linearizable by construction: processes call, take effect at an instant of their own in one shared
 * state, and return, in a random interleaving. Some crash: before or after they took effect, or never took effect.
 */
export function randomHistory<S>(options: RandomHistoryOptions<S>, random: Random): Operation[] {
  const { model, processes } = options;
  const done: Operation[] = [];
  const open: Open[] = [];
  let state = model.init;
  let index = 0;
  let nextProcess = processes;
  const idle = Array.from({ length: processes }, (_, process) => process);
  for (let asked = 0; asked < options.operations || open.length > 0; ) {
    if (asked < options.operations && idle.length > 0 && (open.length === 0 || random.chance(0.4))) {
      const process = idle.splice(random.integer(0, idle.length - 1), 1)[0] as number;
      open.push({ process, call: options.call(random), callIndex: index++ });
      asked++;
      continue;
    }
    const at = random.integer(0, open.length - 1);
    const running = open[at] as Open;
    if (running.outcome !== undefined) {
      open.splice(at, 1);
      done.push(operation(running, running.outcome, index++));
      idle.push(running.process);
    } else if (random.chance(options.crashes)) {
      if (random.chance(0.5)) state = effect(model, state, running.call, options.answer(state, running.call));
      open.splice(at, 1);
      done.push(operation(running, crashed, Number.POSITIVE_INFINITY));
      idle.push(nextProcess++);
    } else {
      const outcome = options.answer(state, running.call);
      state = effect(model, state, running.call, outcome);
      open[at] = { ...running, outcome };
    }
  }
  return done.sort((a, b) => a.callIndex - b.callIndex);
}

function effect<S>(model: Model<S>, state: S, call: Call, outcome: Outcome): S {
  const next = model.step(state, call, outcome);
  if (next === illegal)
    throw new Error(`the generator answered ${JSON.stringify({ call, outcome })} wrongly`);
  return next;
}

function operation({ process, call, callIndex }: Open, outcome: Outcome, returnIndex: number): Operation {
  const invokedAt = nanos(callIndex * 1e6);
  const completedAt: Nanos = nanos(returnIndex * 1e6);
  return { process, call, outcome, invokedAt, completedAt, callIndex, returnIndex };
}

export const answered = (value?: Json, revision?: number): Outcome => {
  const output: Result = {
    ...(value !== undefined && { value }),
    ...(revision !== undefined && { revision }),
  };
  return { type: "ok", output };
};

export const mismatched: Outcome = {
  type: "fail",
  error: { code: "mismatch", definite: true, message: "the value differed" },
};
