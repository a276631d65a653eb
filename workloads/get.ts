/** Reads of records in the run's read mode; a small share of writes shows whether what is read is new. */
import type { Random } from "../core/random.ts";
import { sizeOptions, skewOption } from "./records/options.ts";
import { Records } from "./records/records.ts";
import { asRegisters, recordsLoad } from "./records/registers.ts";
import { optionOf, type Workload } from "./workload.ts";

const options = {
  ...sizeOptions,
  ...skewOption(0),
  "write-percent": {
    default: 0,
    min: 0,
    max: 50,
    doc: "share of writes, which show whether what is read is new",
  },
} satisfies Workload["options"];

export const get: Workload<"kv"> = {
  name: "get",
  summary: "reads records that were written before the load, in the run's read mode",
  requires: ["kv"],
  options,
  roles(run, _random, share) {
    const records = new Records(run, share, { skew: optionOf(options, run, "skew") });
    const writes = optionOf(options, run, "write-percent");
    const client = (random: Random) => () => {
      const key = records.pick(random);
      return random.integer(0, 99) < writes
        ? { f: "write", key, value: records.value() }
        : { f: "read", key };
    };
    return [recordsLoad({ run, records, preloads: true, client })];
  },
  ...asRegisters,
  needs: { read: 20 },
};
