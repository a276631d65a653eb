/** Writes of records, as dbtester and etcd's `benchmark put` measure them, judged by the reads of the end. */
import type { Random } from "../core/random.ts";
import { sizeOptions, skewOption } from "./records/options.ts";
import { Records } from "./records/records.ts";
import { asRegisters, recordsLoad } from "./records/registers.ts";
import { optionOf, type Workload } from "./workload.ts";

const options = { ...sizeOptions, ...skewOption(0) };

export const put: Workload<"kv"> = {
  name: "put",
  summary: "writes records of a chosen size",
  requires: ["kv"],
  options,
  roles(run, _random, share) {
    const records = new Records(run, share, { skew: optionOf(options, run, "skew") });
    const client = (random: Random) => () => ({
      f: "write",
      key: records.pick(random),
      value: records.value(),
    });
    return [recordsLoad({ run, records, preloads: false, client })];
  },
  ...asRegisters,
  needs: { write: 20 },
};
