import { illegal, type Model } from "../model.ts";
import type { OperationClass } from "./problem.ts";

/** What `step` answers where the operation cannot happen in the state. */
export const noState = -1;

/** A model over integers: states are interned and every step is computed once. */
export interface Machine {
  readonly init: number;
  /** The state after an operation of `operationClass`, or `noState`. */
  step(state: number, operationClass: number): number;
  /** Whether an operation of `operationClass` leaves every state as it is. */
  readOnly(operationClass: number): boolean;
  describe(state: number): string;
  /** An estimate of what the machine holds. */
  bytes(): number;
}

/** Of an interned state and of a remembered step, in bytes; measured on V8, rounded up. */
const stateBytes = 200;
const stepBytes = 40;

export function createMachine<S>(model: Model<S>, classes: readonly OperationClass[]): Machine {
  const fingerprint = model.fingerprint ?? ((state: S) => JSON.stringify(state));
  const states: S[] = [];
  const ids = new Map<string | number, number>();
  const steps = new Map<number, number>();
  let textBytes = 0;
  const intern = (state: S): number => {
    const print = fingerprint(state);
    const known = ids.get(print);
    if (known !== undefined) return known;
    ids.set(print, states.length);
    textBytes += typeof print === "string" ? print.length * 2 : 0;
    return states.push(state) - 1;
  };
  const readOnly = classes.map(({ call, outcome }) => model.readOnly?.(call, outcome) ?? false);
  const init = intern(model.init);
  return {
    init,
    step(state, operationClass) {
      const key = state * classes.length + operationClass;
      const known = steps.get(key);
      if (known !== undefined) return known;
      const { call, outcome } = classes[operationClass] as OperationClass;
      const next = model.step(states[state] as S, call, outcome);
      const id = next === illegal ? noState : intern(next);
      steps.set(key, id);
      return id;
    },
    readOnly: (operationClass) => readOnly[operationClass] as boolean,
    describe: (state) => (model.describe ?? fingerprint)(states[state] as S).toString(),
    bytes: () => states.length * stateBytes + textBytes + steps.size * stepBytes,
  };
}
