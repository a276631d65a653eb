/** The records of a run, as the clients of one share see them: their names, the numbers to write, which one to ask about. */
import type { Call, Json, Outcome } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { type Share, uniqueNumbers, type WorkloadRun } from "../workload.ts";
import { type Choice, choiceOf, Zipfian } from "./choice.ts";
import { sizeOf } from "./options.ts";

/** Digits of a record's number in its name: all names are equally long, and those of neighbours begin alike. */
const nameDigits = 12;

interface RecordsOptions {
  /** Hundredths of theta: see `choiceOf`. */
  readonly skew: number;
  /** Whether the load adds records: then those are asked about, too. */
  readonly grows?: boolean;
  /** Records; absent: the option `keys`. */
  readonly size?: number;
}

/** YCSB's theta, for the choice among the newest. */
const latestTheta = 0.99;

export class Records {
  /** Records that are there before the load, where it preloads. */
  readonly size: number;
  readonly #prefix: string;
  readonly #choice: Choice;
  readonly #grows: boolean;
  readonly #latest = new Zipfian(latestTheta);
  readonly #number: () => number;
  /** Numbers of the records that this share added, in the order of the answers, and the same as a set. */
  readonly #added: number[] = [];
  readonly #isAdded = new Set<number>();
  /** What an answer last reported as read or written, by key; absent where that is not known. */
  readonly #seen = new Map<string, Json>();

  constructor(run: WorkloadRun, share: Share, { skew, grows = false, size }: RecordsOptions) {
    this.size = size ?? sizeOf(run, "keys");
    this.#prefix = `${run.keyPrefix}k`;
    this.#choice = choiceOf(skew);
    this.#grows = grows;
    this.#number = uniqueNumbers(share);
  }

  /** Writes of all records: the number of record 0 is 1, and so on. */
  preload(): Call[] {
    return Array.from({ length: this.size }, (_, i) => ({ f: "write", key: this.key(i), value: i + 1 }));
  }

  key(index: number): string {
    return this.#prefix + String(index).padStart(nameDigits, "0");
  }

  /** A number that nobody else writes, the preload included. */
  value(): number {
    return this.size + this.#number();
  }

  /** The key of a record, chosen by the distribution. */
  pick(random: Random): string {
    return this.key(this.pickIndex(random));
  }

  /**
   * Where records are added, room is left for as many again, and a number that is not there yet is drawn again: so a record
   * keeps its popularity.
   */
  pickIndex(random: Random): number {
    const items = this.#grows ? this.size * 2 : this.size;
    for (;;) {
      const index = this.#choice(random, items);
      if (index < this.size || this.#isAdded.has(index)) return index;
    }
  }

  /** The key of a record, the newest most of the time. */
  pickLatest(random: Random): string {
    const back = this.#latest.rank(random, this.size + this.#added.length);
    const added = this.#added[this.#added.length - 1 - back];
    return this.key(added ?? this.size - 1 - (back - this.#added.length));
  }

  /** The write of a new record. */
  insertion(): Call {
    const number = this.#number();
    return { f: "write", key: this.key(this.size + number - 1), value: this.size + number };
  }

  /** What was last seen of the key; undefined where that is not known. */
  seen(key: string): Json | undefined {
    return this.#seen.get(key);
  }

  observe({ f, key = "", value }: Call, outcome: Outcome): void {
    if (outcome.type !== "ok") {
      // A value that changed, or may have, is known again after the next read.
      const isRefused = outcome.type === "fail" && outcome.error.code !== "mismatch";
      if (f !== "read" && !isRefused) this.#seen.delete(key);
      return;
    }
    const now = f === "read" ? outcome.output.value : f === "cas" ? (value as readonly Json[])[1] : value;
    if (f === "read" || f === "cas" || f === "write") this.#seen.set(key, now ?? null);
    if (f === "write" && this.#grows) this.#add(Number(key.slice(this.#prefix.length)));
  }

  #add(index: number): void {
    if (index < this.size || this.#isAdded.has(index)) return;
    this.#isAdded.add(index);
    this.#added.push(index);
  }
}
