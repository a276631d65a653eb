import { counter } from "./counter.ts";
import { fencedLock } from "./fenced-lock.ts";
import { fifoQueue } from "./fifo-queue.ts";
import { multiRegister } from "./multi-register.ts";
import { mutex } from "./mutex.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { versionedRegister } from "./versioned-register.ts";

/** The sequential specifications by name; each is a function of its options, `initial` among them. */
export const models = {
  register,
  "cas-register": register,
  "versioned-register": versionedRegister,
  "multi-register": multiRegister,
  mutex,
  "fenced-lock": fencedLock,
  set,
  "fifo-queue": fifoQueue,
  counter,
};
