/** Options of workloads that measure: how many records, how large, and which of them are asked about. */
import { optionOf, type WorkloadOption, type WorkloadRun } from "../workload.ts";

type Options<Name extends string> = Readonly<Record<Name, WorkloadOption>>;

export const sizeOptions = {
  keys: { default: 1000, min: 1, max: 1_000_000, doc: "records" },
  "key-size": {
    default: 16,
    min: 1,
    max: 512,
    doc: "bytes of a key, by padding; a name that is longer stays as it is",
  },
  "value-size": { default: 256, min: 1, max: 500_000, doc: "bytes of a value, by padding" },
} as const satisfies Options<string>;

/** `skew` where nothing else is given; uniform by default. */
export const skewOption = (defaultSkew: number) =>
  ({
    skew: {
      default: defaultSkew,
      min: 0,
      max: 99,
      doc: "choice of records: 0 uniform, 99 zipfian as in YCSB (hundredths of theta)",
    },
  }) as const satisfies Options<string>;

export type SizeOption = keyof typeof sizeOptions;

export const sizeOf = (run: WorkloadRun, name: SizeOption): number => optionOf(sizeOptions, run, name);
