/** Groups of records: those whose names are the same but for the last digits. */
import type { Call, Json } from "../../core/op.ts";
import { optionOf, type WorkloadOption, type WorkloadRun } from "../workload.ts";

export const groupOptions = {
  "group-digits": {
    default: 1,
    min: 1,
    max: 3,
    doc: "records of a group, which is listed as a whole: 10 to this power",
  },
} as const satisfies Readonly<Record<string, WorkloadOption>>;

export const groupDigitsOf = (run: WorkloadRun): number => optionOf(groupOptions, run, "group-digits");

/** What the keys of a record's group have in common. */
export const groupOf = (key: string, digits: number): string => key.slice(0, key.length - digits);

/** Whether the call is one on a whole group. */
export const isTxn = ({ f }: Pick<Call, "f">): boolean => f === "txn";

/** What a transaction writes, by key. */
export const writesOf = (value: Json | undefined): readonly (readonly [string, Json])[] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
