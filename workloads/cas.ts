/** Compare-and-sets of records, each from the value that was last seen; what others changed meanwhile is read again first. */
import type { Random } from "../core/random.ts";
import { sizeOptions, skewOption } from "./records/options.ts";
import { Records } from "./records/records.ts";
import { asRegisters, recordsLoad } from "./records/registers.ts";
import { optionOf, type Workload } from "./workload.ts";

const options = { ...sizeOptions, ...skewOption(0) };

export const cas: Workload<"kv"> = {
  name: "cas",
  summary: "compare-and-sets of records; fewer keys or more skew: more of them are refused",
  requires: ["kv"],
  options,
  roles(run, _random, share) {
    const records = new Records(run, share, { skew: optionOf(options, run, "skew") });
    const client = (random: Random) => () => {
      const key = records.pick(random);
      const seen = records.seen(key);
      return typeof seen === "number"
        ? { f: "cas", key, value: [seen, records.value()] }
        : { f: "read", key };
    };
    return [recordsLoad({ run, records, preloads: true, client })];
  },
  ...asRegisters,
  needs: { cas: 20 },
};
