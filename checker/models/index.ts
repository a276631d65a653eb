import { counter } from "./counter.ts";
import { fencedLock } from "./fenced-lock.ts";
import { fifoQueue } from "./fifo-queue.ts";
import { kv } from "./kv.ts";
import { multiRegister } from "./multi-register.ts";
import { mutex } from "./mutex.ts";
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
  kv,
  mutex,
  "fenced-lock": fencedLock,
  set,
  "fifo-queue": fifoQueue,
  counter,
};
