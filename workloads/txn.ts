/** Transactions that write several records of a group at once, and lists of the group, which must never show a part of one. */
import type { Json } from "../core/op.ts";
import type { Random } from "../core/random.ts";
import { asGroups, txnPerformer } from "./records/grouped.ts";
import { groupDigitsOf, groupOf, groupOptions } from "./records/groups.ts";
import { recordsAtRest } from "./records/last-keys.ts";
import { sizeOptions, skewOption } from "./records/options.ts";
import { Records } from "./records/records.ts";
import { optionOf, type Workload } from "./workload.ts";

const options = {
  ...sizeOptions,
  ...skewOption(0),
  ...groupOptions,
  "txn-size": { default: 3, min: 1, max: 10, doc: "records that a transaction writes" },
  "list-percent": { default: 20, min: 0, max: 100, doc: "share of lists of a group" },
} satisfies Workload["options"];

export const txn: Workload<"kv" | "prefix" | "txn"> = {
  name: "txn",
  summary: "writes several records at once, and lists their group",
  requires: ["kv", "prefix", "txn"],
  options,
  roles(run, _random, share) {
    const records = new Records(run, share, { skew: optionOf(options, run, "skew") });
    const digits = groupDigitsOf(run);
    const [size, lists] = [optionOf(options, run, "txn-size"), optionOf(options, run, "list-percent")];
    /** Different records of the same group, `first` among them. */
    const together = (first: number, random: Random): readonly number[] => {
      const begin = first - (first % 10 ** digits);
      const end = Math.min(records.size, begin + 10 ** digits);
      const others = Array.from({ length: end - begin }, (_, i) => begin + i).filter((i) => i !== first);
      return [first, ...random.shuffle(others)].slice(0, size);
    };
    const perform = txnPerformer(run);
    return [
      {
        name: "clients",
        processes: "load",
        preload: () => records.preload(),
        actor: ({ random }) => ({
          next() {
            const first = records.pickIndex(random);
            const group = groupOf(records.key(first), digits);
            if (random.integer(0, 99) < lists) return { f: "list", key: group };
            const writes = together(first, random).map((i): [string, Json] => [
              records.key(i),
              records.value(),
            ]);
            return { f: "txn", key: group, value: Object.fromEntries(writes) };
          },
          perform,
        }),
        final: recordsAtRest.final,
      },
    ];
  },
  ...asGroups({ single: false }),
  needs: { txn: 20, list: 10 },
};
