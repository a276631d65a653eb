import type { Json } from "../../core/op.ts";
import type { Asked } from "./shapes.ts";

/** Kinds of histories that people have and that no model judges, each with how it is recognized. */
const kinds: readonly { readonly words: string; is(all: readonly Asked[]): boolean }[] = [
  {
    words: "a list-append history (transactions [:append k v] and [:r k [v …]]), which is not judged yet",
    is: (all) => all.some(({ value, answer }) => microOperations(value, answer).some(isListAppend)),
  },
  {
    words:
      "a history of micro-operations [[:r k v] [:w k v] …] under names other than txn, as Jepsen's long-fork has, which is not judged yet",
    is: (all) =>
      all.some(({ f, value, answer }) => f !== "txn" && microOperations(value, answer).some(isReadOrWrite)),
  },
  {
    words: "a bank history (transfers between accounts and reads of all balances), which is not judged yet",
    is: (all) => all.some(isTransfer) || (all.some(isBalances) && !all.some(writesObject)),
  },
];

/** The words for a known kind of history that is not judged; undefined for any other. */
export const unjudgedKind = (all: readonly Asked[]): string | undefined =>
  kinds.find(({ is }) => is(all))?.words;

/** The `[f, key, value]` of a call and its answer; none where one of them is no such list. */
const microOperations = (value: Json | undefined, answer: Json | undefined): readonly (readonly Json[])[] =>
  Array.isArray(value) || Array.isArray(answer) ? [...microList(value), ...microList(answer)] : none;

const none: readonly (readonly Json[])[] = [];

const microList = (list: Json | undefined): readonly (readonly Json[])[] =>
  Array.isArray(list) && list.length > 0 && isMicroList(list) ? (list as readonly (readonly Json[])[]) : none;

const isMicroList = (list: readonly Json[]): boolean =>
  list.every(
    (part) => Array.isArray(part) && part.length === 3 && /^(r|w|read|write|append)$/.test(String(part[0])),
  );

const isListAppend = ([f, , value]: readonly Json[]): boolean =>
  f === "append" || (f === "r" && Array.isArray(value));
const isReadOrWrite = ([f]: readonly Json[]): boolean => /^(r|w|read|write)$/.test(String(f));

const isObject = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTransfer = ({ f, value }: Asked): boolean => f === "transfer" && isObject(value);
const isBalances = ({ f, answer }: Asked): boolean =>
  f === "read" &&
  isObject(answer) &&
  Object.values(answer).length > 0 &&
  Object.values(answer).every((balance) => typeof balance === "number");
const writesObject = ({ f, value }: Asked): boolean =>
  f !== "read" && (isObject(value) || (Array.isArray(value) && value.some(isObject)));
