import { counter } from "./counter.ts";
import { fencedLock } from "./fenced-lock.ts";
import { keyValue } from "./key-value.ts";
import { multiRegister } from "./multi-register.ts";
import { mutex } from "./mutex.ts";
import { queue } from "./queue.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { stringMap } from "./string-map.ts";
import { versionedRegister } from "./versioned-register.ts";

/** The sequential specifications by name; each is a function of its options. */
export const models = {
  register,
  "cas-register": register,
  "versioned-register": versionedRegister,
  "multi-register": multiRegister,
  "string-map": stringMap,
  kv: stringMap,
  "key-value": keyValue,
  mutex,
  "fenced-lock": fencedLock,
  set,
  queue,
  counter,
};
