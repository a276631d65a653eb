/**
 * Mixes of operations on records: YCSB's core workloads A to F by name (Cooper et al., 2010), and one whose shares are
 * options. A read-modify-write is a read and then a compare-and-set from what it returned, both measured; a scan lists the
 * group of the chosen record.
 */
import type { Call, Outcome } from "../core/op.ts";
import type { Random } from "../core/random.ts";
import { asGroups, listPerformer } from "./records/grouped.ts";
import { groupDigitsOf, groupOf, groupOptions } from "./records/groups.ts";
import { recordsAtRest } from "./records/last-keys.ts";
import { sizeOptions, skewOption } from "./records/options.ts";
import { Records } from "./records/records.ts";
import { asRegisters } from "./records/registers.ts";
import { optionOf, type Workload, type WorkloadRun } from "./workload.ts";

/** Shares of the operations, percent; what is left over are updates. */
interface Mix {
  readonly read: number;
  readonly insert: number;
  readonly scan: number;
  readonly modify: number;
  /** Whether reads ask for the newest records most of the time. */
  readonly latest: boolean;
}

const none: Mix = { read: 0, insert: 0, scan: 0, modify: 0, latest: false };

const sizes = { ...sizeOptions, ...skewOption(99), ...groupOptions };

const percent = (defaultPercent: number, doc: string) => ({ default: defaultPercent, min: 0, max: 100, doc });

const shares = {
  "read-percent": percent(50, "share of reads"),
  "insert-percent": percent(0, "share of writes of new records"),
  "scan-percent": percent(0, "share of lists of ten records (group-digits)"),
  "modify-percent": percent(0, "share of read-modify-writes; the rest are updates"),
  latest: { default: 0, min: 0, max: 1, doc: "1: reads ask for the newest records most of the time" },
} as const satisfies Workload["options"];

/** What one client does: draws operations, and ends a read-modify-write before it begins the next one. */
class MixedClient {
  readonly #records: Records;
  readonly #mix: Mix;
  readonly #digits: number;
  readonly #random: Random;
  /** The key that was read to be modified. */
  #modifies: string | undefined;

  constructor(records: Records, mix: Mix, digits: number, random: Random) {
    this.#records = records;
    this.#mix = mix;
    this.#digits = digits;
    this.#random = random;
  }

  next(): Call {
    return this.#modification() ?? this.#drawn();
  }

  /** The same record again; one that was to be compared is read again first. */
  again({ f, key }: Call): Call {
    const isWrite = f === "write";
    return {
      f: f === "cas" ? "read" : f,
      ...(key !== undefined && { key }),
      ...(isWrite && { value: this.#records.value() }),
    };
  }

  observe(call: Call, outcome: Outcome): void {
    this.#records.observe(call, outcome);
    // What could not be read is not modified.
    if (outcome.type !== "ok") this.#modifies = undefined;
  }

  #modification(): Call | undefined {
    const key = this.#modifies;
    const seen = key === undefined ? undefined : this.#records.seen(key);
    this.#modifies = undefined;
    return key === undefined || typeof seen !== "number"
      ? undefined
      : { f: "cas", key, value: [seen, this.#records.value()] };
  }

  #drawn(): Call {
    const { read, insert, scan, modify, latest } = this.#mix;
    const records = this.#records;
    let dice = this.#random.integer(0, 99);
    dice -= insert;
    if (dice < 0) return records.insertion();
    const key = latest ? records.pickLatest(this.#random) : records.pick(this.#random);
    dice -= read;
    if (dice < 0) return { f: "read", key };
    dice -= scan;
    if (dice < 0) return { f: "list", key: groupOf(key, this.#digits) };
    dice -= modify;
    if (dice < 0) {
      this.#modifies = key;
      return { f: "read", key };
    }
    return { f: "write", key, value: records.value() };
  }
}

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly options: Workload["options"] & typeof sizes;
  readonly needs: Workload["needs"];
  readonly refusal?: NonNullable<Workload["refusal"]>;
  mixOf(run: WorkloadRun): Mix;
}

const groups = asGroups({ single: true });

const mixedOf = ({ mixOf, ...described }: Described): Workload<"kv" | "prefix"> => ({
  ...described,
  requires: ["kv", "prefix"],
  roles(run, _random, share) {
    const mix = mixOf(run);
    const records = new Records(run, share, {
      skew: optionOf(described.options, run, "skew"),
      grows: mix.insert > 0,
    });
    const perform = listPerformer(run);
    return [
      {
        name: "clients",
        processes: "load",
        preload: () => records.preload(),
        actor({ random }) {
          const client = new MixedClient(records, mix, groupDigitsOf(run), random);
          return {
            next: () => client.next(),
            again: (call) => client.again(call),
            observe: (call, outcome) => client.observe(call, outcome),
            perform,
          };
        },
        final: recordsAtRest.final,
      },
    ];
  },
  ...groups,
  // Registers are judged faster each alone, and more is known of them.
  checkers: (run) => (mixOf(run).scan > 0 ? groups : asRegisters).checkers(run),
});

const percentages = ["read-percent", "insert-percent", "scan-percent", "modify-percent"] as const;

export const mixed = mixedOf({
  name: "mixed",
  summary: "reads, updates, inserts, scans and read-modify-writes of records in shares of your choice",
  options: { ...sizes, ...shares },
  needs: {},
  refusal(options) {
    const sum = percentages.reduce((all, name) => all + (options[name] ?? shares[name].default), 0);
    if (sum <= 100) return undefined;
    const each = percentages.map((name) => `${name}=${options[name] ?? shares[name].default}`);
    return `${each.join(", ")} are ${sum}%: expected at most 100%, of which updates have the rest`;
  },
  mixOf: (run) => ({
    read: optionOf(shares, run, "read-percent"),
    insert: optionOf(shares, run, "insert-percent"),
    scan: optionOf(shares, run, "scan-percent"),
    modify: optionOf(shares, run, "modify-percent"),
    latest: optionOf(shares, run, "latest") === 1,
  }),
});

const ycsb = (letter: string, summary: string, mix: Partial<Mix>, needs: Workload["needs"]) =>
  mixedOf({
    name: `ycsb-${letter}`,
    summary: `YCSB ${letter.toUpperCase()}: ${summary}`,
    options: sizes,
    needs,
    mixOf: () => ({ ...none, ...mix }),
  });

/** YCSB's core workloads, by name. */
export const ycsbWorkloads = {
  "ycsb-a": ycsb("a", "half reads, half updates", { read: 50 }, { read: 20, write: 20 }),
  "ycsb-b": ycsb("b", "95% reads, 5% updates", { read: 95 }, { read: 20 }),
  "ycsb-c": ycsb("c", "reads only", { read: 100 }, { read: 20 }),
  "ycsb-d": ycsb(
    "d",
    "95% reads of the newest records, 5% inserts",
    { read: 95, insert: 5, latest: true },
    { read: 20 },
  ),
  "ycsb-e": ycsb("e", "95% scans of ten records, 5% inserts", { scan: 95, insert: 5 }, { list: 20 }),
  "ycsb-f": ycsb("f", "half reads, half read-modify-writes", { read: 50, modify: 50 }, { read: 20, cas: 10 }),
} as const satisfies Readonly<Record<string, Workload>>;
