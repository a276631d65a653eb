import { isExactNumber } from "../../core/codec/exact-json.ts";
import type { Json } from "../../core/op.ts";
import { same } from "../canonical.ts";
import type { models } from "./index.ts";

/** What was asked and, where it was answered, the answer: null where it answered nothing. */
export interface Asked {
  readonly f: string;
  readonly value: Json | undefined;
  readonly answer: Json | undefined;
}

/** What is said of values that a model cannot read: none where it can. */
type Shape = (asked: Asked) => string | undefined;

const isText = (value: Json | undefined): boolean => typeof value === "string";
const isObject = (value: Json | undefined): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNothing = (value: Json | undefined): boolean => value === undefined || value === null;

const register: Shape = ({ f, value }) => {
  const isPair = Array.isArray(value) && value.length === 2;
  return f === "cas" && !isPair ? "a cas takes [from, to]" : undefined;
};

const counter: Shape = ({ f, value, answer }) => {
  if (f === "add") return isExactNumber(value) ? undefined : "an add takes a number";
  return answer === undefined || isExactNumber(answer) ? undefined : "a read answers a number";
};

const set: Shape = ({ f, answer }) => {
  if (answer === undefined) return undefined;
  if (f === "read" || f === "list") return Array.isArray(answer) ? undefined : `a ${f} answers a list`;
  return f !== "contains" || typeof answer === "boolean" ? undefined : "contains answers true or false";
};

const stringMap: Shape = ({ f, value, answer }) => {
  if (f !== "get") return isText(value) ? undefined : `${f} takes a string`;
  return isNothing(answer) || isText(answer) ? undefined : "a get answers a string";
};

const kv: Shape = ({ f, value, answer }) => {
  if (f === "txn") return isObject(value) ? undefined : "a txn takes {compare, then, else}";
  return f !== "list" || answer === undefined || Array.isArray(answer)
    ? undefined
    : "a list answers [key, value] for every key";
};

const mutex: Shape = ({ f, value, answer }) => {
  const isTaken = f !== "acquire" || isNothing(answer) || answer === true || same(answer, value);
  return isTaken ? undefined : "an acquire answers nothing";
};

const fencedLock: Shape = ({ f, answer }) =>
  f !== "acquire" || isNothing(answer) || isExactNumber(answer) ? undefined : "an acquire answers a number";

const fifoQueue: Shape = ({ f, value }) =>
  f === "enqueue" && isNothing(value) ? "an enqueue takes a value" : undefined;

const multiRegister: Shape = ({ value, answer }) => {
  const words = "a txn takes and answers [[f, name, value], …] with f a read or a write";
  return [value, answer].every((list) => list === undefined || isSteps(list)) ? undefined : words;
};

const isSteps = (list: Json): boolean => Array.isArray(list) && list.every(isStep);
const isStep = (part: Json): boolean =>
  Array.isArray(part) &&
  part.length === 3 &&
  /^(r|w|read|write)$/.test(String(part[0])) &&
  (typeof part[1] === "string" || typeof part[1] === "number");

/** What every model can read. */
export const shapes = {
  register,
  "cas-register": register,
  "versioned-register": register,
  "multi-register": multiRegister,
  "string-map": stringMap,
  kv,
  mutex,
  "fenced-lock": fencedLock,
  set,
  "fifo-queue": fifoQueue,
  counter,
} satisfies Record<keyof typeof models, Shape>;
