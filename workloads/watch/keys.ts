import type { Random } from "../../core/random.ts";
import type { WorkloadRun } from "../workload.ts";
import type { WatchTarget } from "./known.ts";
import { option } from "./options.ts";

/** The keys of a run, in groups with a common prefix: `k1-3` is the third of the first group. */
export class Keys {
  readonly all: readonly string[];
  readonly #groups: readonly (readonly string[])[];
  readonly #prefixes: readonly string[];

  constructor(run: WorkloadRun) {
    const [number, perGroup] = [option(run, "keys"), option(run, "keys-per-group")];
    const root = `${run.keyPrefix}k`;
    const groups = Math.ceil(number / perGroup);
    this.#groups = Array.from({ length: groups }, (_, group) =>
      Array.from(
        { length: Math.min(perGroup, number - group * perGroup) },
        (_, i) => `${root}${group + 1}-${i + 1}`,
      ),
    );
    this.all = this.#groups.flat();
    this.#prefixes = [root, ...this.#groups.map((_, group) => `${root}${group + 1}-`)];
  }

  pick(random: Random): string {
    return random.pick(this.all);
  }

  /** Two to four keys, or all there are: of one group, or of any. */
  several(random: Random): readonly string[] {
    const from = random.chance(0.7) ? random.pick(this.#groups) : this.all;
    const left = [...from];
    const some: string[] = [];
    for (let more = random.integer(2, 4); more > 0 && left.length > 0; more--)
      some.push(...left.splice(random.integer(0, left.length - 1), 1));
    return some;
  }

  /** `key`, or a prefix of it: its group's, or that of all keys. */
  including(key: string, random: Random, { isPrefix }: { readonly isPrefix: boolean }): WatchTarget {
    return isPrefix
      ? { prefix: random.pick(this.#prefixes.filter((prefix) => key.startsWith(prefix))) }
      : { key };
  }

  /** A key, or a prefix: of a group, or of all keys. */
  target(random: Random, { isPrefix }: { readonly isPrefix: boolean }): WatchTarget {
    return isPrefix ? { prefix: random.pick(this.#prefixes) } : { key: this.pick(random) };
  }
}
