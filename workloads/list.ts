/** Lists of groups of records next to writes of single ones: whether what is listed was there, all of it, at one moment. */
import { asGroups, listPerformer } from "./records/grouped.ts";
import { groupDigitsOf, groupOf, groupOptions } from "./records/groups.ts";
import { recordsAtRest } from "./records/last-keys.ts";
import { sizeOptions, skewOption } from "./records/options.ts";
import { Records } from "./records/records.ts";
import { optionOf, type Workload } from "./workload.ts";

const options = {
  ...sizeOptions,
  ...skewOption(0),
  ...groupOptions,
  "write-percent": { default: 5, min: 0, max: 100, doc: "share of writes of single records" },
} satisfies Workload["options"];

export const list: Workload<"kv" | "prefix"> = {
  name: "list",
  summary: "lists groups of ten records in the run's read mode, and writes single ones",
  requires: ["kv", "prefix"],
  options,
  roles(run, _random, share) {
    const records = new Records(run, share, { skew: optionOf(options, run, "skew") });
    const [writes, digits] = [optionOf(options, run, "write-percent"), groupDigitsOf(run)];
    const perform = listPerformer(run);
    return [
      {
        name: "clients",
        processes: "load",
        preload: () => records.preload(),
        actor: ({ random }) => ({
          next() {
            const key = records.pick(random);
            return random.integer(0, 99) < writes
              ? { f: "write", key, value: records.value() }
              : { f: "list", key: groupOf(key, digits) };
          },
          perform,
        }),
        final: recordsAtRest.final,
      },
    ];
  },
  ...asGroups({ single: true }),
  needs: { list: 20 },
};
