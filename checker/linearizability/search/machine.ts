import type { Call, Outcome } from "../../../core/op.ts";
import { illegal, type Model } from "../../model.ts";

/** The result of `step` where the operation cannot happen in the state. */
export const noState = -1;

/** What operations of a class may do to the state: anything, nothing, or replace it unconditionally. */
export type Role = 0 | 1 | 2;
export const mutates: Role = 0;
export const reads: Role = 1;
export const overwrites: Role = 2;

/** A model over integers: states and classes of operations are numbered. */
export interface Machine {
  readonly init: number;
  /** How many classes there are. Operations of one class have the same call and outcome. */
  readonly classes: number;
  /** The state after an operation of `operationClass`, or `noState`. */
  step(state: number, operationClass: number): number;
  role(operationClass: number): Role;
  /** The one state that allows operations of the class; -1 where there may be others. */
  onlyIn(operationClass: number): number;
  /** The parts of the state that operations of the class are about, by number; undefined: all of it. */
  parts?(operationClass: number): Int32Array | undefined;
  describe(state: number): string;
  /** An estimate of what the machine holds. */
  bytes(): number;
}

/** What a machine reports about its classes, by class. */
interface ClassFacts {
  readonly roles: Uint8Array;
  readonly onlyIn: Int32Array;
  readonly parts: readonly (Int32Array | undefined)[];
}

const knownFacts = new WeakMap<Machine, ClassFacts>();

/** What the machine reports about its classes: asked once, since many small searches share a machine. */
export function classFacts(machine: Machine): ClassFacts {
  const known = knownFacts.get(machine);
  if (known !== undefined) return known;
  const { classes } = machine;
  const facts = {
    roles: new Uint8Array(classes).map((_, id) => machine.role(id)),
    onlyIn: new Int32Array(classes).map((_, id) => machine.onlyIn(id)),
    parts: machine.parts === undefined ? [] : Array.from({ length: classes }, (_, id) => machine.parts?.(id)),
  };
  knownFacts.set(machine, facts);
  return facts;
}

/** A machine whose states are a model's. */
export interface ModelMachine<S> extends Machine {
  intern(state: S): number;
  stateOf(state: number): S;
}

export interface OperationClass {
  readonly call: Call;
  readonly outcome: Outcome;
}

/** Bytes of an interned state in addition to its fingerprint; measured on V8, rounded up. */
const stateBytes = 200;

/** A machine that runs a model: states are interned by fingerprint, steps are remembered for a while. */
export function modelMachine<S>(model: Model<S>, classes: readonly OperationClass[]): ModelMachine<S> {
  const plain = model.fingerprint ?? ((state: S) => JSON.stringify(state));
  const among = model.fingerprintAmong?.(classes);
  const fingerprint = among === undefined ? plain : (state: S) => among.of(state);
  const states: S[] = [];
  const ids = new Map<string | number, number>();
  const steps = new StepCache();
  let textBytes = 0;
  const intern = (state: S): number => {
    const print = fingerprint(state);
    const known = ids.get(print);
    if (known !== undefined) return known;
    ids.set(print, states.length);
    textBytes += typeof print === "string" ? print.length * 2 : 0;
    return states.push(state) - 1;
  };
  const compute = (state: number, operationClass: number): number => {
    const { call, outcome } = classes[operationClass] as OperationClass;
    const next = model.step(states[state] as S, call, outcome);
    return next === illegal ? noState : intern(next);
  };
  const parts = partsOf(model, classes);
  const roles = Uint8Array.from(classes, (operationClass) => roleOf(model, operationClass));
  return {
    init: intern(model.init),
    classes: classes.length,
    intern,
    stateOf: (state) => states[state] as S,
    step: (state, operationClass) => steps.get(state, operationClass, compute),
    role: (operationClass) => roles[operationClass] as Role,
    onlyIn: () => noState,
    parts: (operationClass) => parts[operationClass],
    describe: (state) => (model.describeState ?? plain)(states[state] as S).toString(),
    bytes: () => states.length * stateBytes + textBytes + steps.bytes(),
  };
}

function roleOf<S>(model: Model<S>, { call, outcome }: OperationClass): Role {
  if (model.readOnly?.(call, outcome)) return reads;
  return model.overwrites?.(call, outcome) ? overwrites : mutates;
}

function partsOf<S>(model: Model<S>, classes: readonly OperationClass[]): (Int32Array | undefined)[] {
  const ids = new Map<string, number>();
  const number = (key: string) => {
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  };
  return classes.map(({ call }) => {
    const keys = model.keys?.(call);
    return keys === undefined ? undefined : Int32Array.from(keys, number);
  });
}

/** Entries of a step cache: at first, and at most. */
const fewestEntries = 16;
const mostEntries = 1 << 16;

/**
 * Remembers steps in a table in which a new entry takes an old one's place: a search asks the same steps again and
 * again, but soon after one another, and its memory must not grow with the history.
 */
class StepCache {
  #states = new Int32Array(fewestEntries).fill(-1);
  #classes = new Int32Array(fewestEntries);
  #results = new Int32Array(fewestEntries);
  #misses = 0;

  get(
    state: number,
    operationClass: number,
    compute: (state: number, operationClass: number) => number,
  ): number {
    const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(operationClass, 0x85ebca6b);
    const entry = (hash ^ (hash >>> 16)) & (this.#states.length - 1);
    if (this.#states[entry] === state && this.#classes[entry] === operationClass)
      return this.#results[entry] as number;
    const result = compute(state, operationClass);
    this.#states[entry] = state;
    this.#classes[entry] = operationClass;
    this.#results[entry] = result;
    if (++this.#misses > this.#states.length) this.#grow();
    return result;
  }

  bytes(): number {
    return this.#states.byteLength * 3;
  }

  #grow(): void {
    this.#misses = 0;
    const entries = this.#states.length * 4;
    if (entries > mostEntries) return;
    this.#states = new Int32Array(entries).fill(-1);
    this.#classes = new Int32Array(entries);
    this.#results = new Int32Array(entries);
  }
}
