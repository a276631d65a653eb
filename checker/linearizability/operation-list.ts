import {
  type ClientEvent,
  type History,
  operationAt,
  outcomeOf,
  type Pairs,
  pairs,
} from "../../core/history.ts";
import type { Call, Operation, Outcome } from "../../core/op.ts";

/**
 * Operations by number, in order of invocation. Takes the place of an array where there may be millions: an operation of a
 * recorded history is built when it is needed.
 */
export interface OperationList {
  readonly length: number;
  call(i: number): Call;
  outcome(i: number): Outcome;
  callIndex(i: number): number;
  returnIndex(i: number): number;
  operation(i: number): Operation;
}

/** The operations of a history. */
export function recorded(history: History): OperationList {
  return new Recorded(history, pairs(history));
}

class Recorded implements OperationList {
  readonly length: number;
  readonly #history: History;
  readonly #pairs: Pairs;

  constructor(history: History, paired: Pairs) {
    this.#history = history;
    this.#pairs = paired;
    this.length = paired.calls.length;
  }

  /** An invocation's event has all the members of its call. */
  call(i: number): Call {
    return this.#history[this.#pairs.calls[i] as number] as ClientEvent;
  }

  outcome(i: number): Outcome {
    const end = this.#end(i);
    // An answer's event has all the members of its result, so it serves as the output.
    return end?.type === "ok" ? { type: "ok", output: end } : outcomeOf(end);
  }

  callIndex(i: number): number {
    return this.#pairs.calls[i] as number;
  }

  returnIndex(i: number): number {
    const end = this.#end(i);
    return end === undefined || end.type === "info"
      ? Number.POSITIVE_INFINITY
      : (this.#pairs.outcomes[i] as number);
  }

  operation(i: number): Operation {
    return operationAt(this.#history, this.#pairs.calls[i] as number, this.#pairs.outcomes[i] as number);
  }

  #end(i: number): ClientEvent | undefined {
    const at = this.#pairs.outcomes[i] as number;
    return at < 0 ? undefined : (this.#history[at] as ClientEvent);
  }
}

/** An array of operations, in order of invocation, as a list. */
export function listOf(operations: readonly Operation[]): OperationList {
  const at = (i: number) => operations[i] as Operation;
  return {
    length: operations.length,
    call: (i) => at(i).call,
    outcome: (i) => at(i).outcome,
    callIndex: (i) => at(i).callIndex,
    returnIndex: (i) => at(i).returnIndex,
    operation: at,
  };
}

/** Some of a list's operations: those at `positions`, which ascend. */
export function part(list: OperationList, positions: ArrayLike<number>): OperationList {
  const at = (i: number) => positions[i] as number;
  return {
    length: positions.length,
    call: (i) => list.call(at(i)),
    outcome: (i) => list.outcome(at(i)),
    callIndex: (i) => list.callIndex(at(i)),
    returnIndex: (i) => list.returnIndex(at(i)),
    operation: (i) => list.operation(at(i)),
  };
}
