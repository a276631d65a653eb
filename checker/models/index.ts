import { UsageError } from "../../core/errors.ts";
import type { Json } from "../../core/op.ts";
import type { Model } from "../model.ts";
import { counter } from "./counter.ts";
import { fencedLock } from "./fenced-lock.ts";
import { fifoQueue } from "./fifo-queue.ts";
import { kv } from "./kv/kv.ts";
import { multiRegister, unknownMultiRegister } from "./multi-register.ts";
import { mutex } from "./mutex.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { stringMap } from "./string-map.ts";
import { unknownRegister } from "./unknown-register.ts";
import { versionedRegister } from "./versioned-register.ts";

/** The sequential specifications by name; each is a function of its options. */
export const models = {
  register,
  "cas-register": register,
  "versioned-register": versionedRegister,
  "multi-register": multiRegister,
  "string-map": stringMap,
  kv,
  mutex,
  "fenced-lock": fencedLock,
  set,
  "fifo-queue": fifoQueue,
  counter,
};

export interface ModelOptions {
  readonly initial?: Json;
  /** The initial state may be any: `--initial unknown`. */
  readonly initialUnknown?: boolean;
}

/** The model of that name; a UsageError where the name is none, or where its initial state cannot be unknown. */
export function modelOf(name: string, { initial, initialUnknown = false }: ModelOptions = {}): Model {
  const make = Object.hasOwn(models, name) ? models[name as keyof typeof models] : undefined;
  if (make === undefined)
    throw new UsageError(`there is no model ${name}; the models are ${Object.keys(models).join(", ")}`);
  if (!initialUnknown) return make(initial === undefined ? {} : { initial }) as Model;
  if (make === register) return unknownRegister() as Model;
  if (make === multiRegister) return unknownMultiRegister() as Model;
  throw new UsageError(`the initial state of a ${name} cannot be unknown: give it with --initial`);
}
