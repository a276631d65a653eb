import * as z from "zod";
import { count } from "../../../core/wording.ts";
import type { Exec } from "../process/shell.ts";

/** One direction between two addresses, with a name for people: `n1 -> n2`, `clients -> n1`. */
export interface Path {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Packet loss is drawn for each packet, in hundredths of a percent. */
const lossScale = 10_000;

/** Hooks at which packets are filtered: forwarding on a bridge, or entering and leaving a network namespace. */
const hooks = { bridge: ["forward"], inet: ["input", "output"] } as const;
type Family = keyof typeof hooks;

const table = (family: Family): string => `
table ${family} assay {
  set cut { type ipv4_addr . ipv4_addr; counter; }
  chain loss { }
${hooks[family].map(chain).join("\n")}
}`;

const chain = (hook: string): string => `
  chain at_${hook} {
    type filter hook ${hook} priority 0; policy accept;
    ip saddr . ip daddr @cut drop
    jump loss
  }`;

const counter = z.object({ packets: z.number(), bytes: z.number() });
type Counter = z.infer<typeof counter>;

/** Output of `nft -j list table`, as far as it has counters; there are other objects. */
const listing = z.object({ nftables: z.array(z.unknown()) });
const cutSet = z.object({
  set: z.object({
    name: z.literal("cut"),
    elem: z.array(z.object({ elem: z.object({ comment: z.string(), counter }) })).default([]),
  }),
});
const lossRule = z.object({
  rule: z.object({ chain: z.literal("loss"), comment: z.string(), expr: z.array(z.unknown()) }),
});
const counterExpression = z.object({ counter });

/** Cuts and packet loss with nft, on a bridge or in a node's network namespace. Changes are applied atomically. */
export class FaultRules {
  readonly #exec: Exec;
  readonly #family: Family;

  constructor(exec: Exec, family: Family) {
    this.#exec = exec;
    this.#family = family;
  }

  async install(): Promise<void> {
    await this.#apply(table(this.#family));
  }

  async cut(paths: readonly Path[]): Promise<void> {
    if (paths.length === 0) return;
    const elements = paths.map(({ name, from, to }) => `${from} . ${to} comment "${name}"`);
    await this.#apply(`add element ${this.#family} assay cut { ${elements.join(", ")} }`);
  }

  /** Paths that are not cut stay as they are. */
  async mend(paths: readonly Path[]): Promise<void> {
    if (paths.length === 0) return;
    const elements = `{ ${paths.map(({ from, to }) => `${from} . ${to}`).join(", ")} }`;
    // Deleting an element that is not there is an error; adding one that is there is none.
    const set = `element ${this.#family} assay cut ${elements}`;
    await this.#apply(`add ${set}\ndelete ${set}`);
  }

  async lose(paths: readonly Path[], percent: number): Promise<void> {
    if (paths.length === 0) return;
    const limit = Math.round((percent * lossScale) / 100);
    const rules = paths.map(
      ({ name, from, to }) =>
        `add rule ${this.#family} assay loss ip saddr ${from} ip daddr ${to} numgen random mod ${lossScale} < ${limit} counter drop comment "${name}"`,
    );
    await this.#apply(rules.join("\n"));
  }

  async heal(): Promise<void> {
    await this.#apply(`flush set ${this.#family} assay cut\nflush chain ${this.#family} assay loss`);
  }

  /** `n1 -> n2 dropped 14 packets (1320 bytes)`, one for each path that dropped any. */
  async proof(): Promise<string[]> {
    const text = await this.#exec(["nft", "-j", "list", "table", this.#family, "assay"]);
    const seen = listing.parse(JSON.parse(text)).nftables.flatMap(countersOf);
    return seen
      .filter(([, { packets }]) => packets > 0)
      .map(([name, { packets, bytes }]) => `${name} dropped ${count(packets, "packet")} (${bytes} bytes)`);
  }

  async #apply(commands: string): Promise<void> {
    await this.#exec(["nft", commands]);
  }
}

/** Counters in an object of nft's listing, by the names of their paths. */
function countersOf(object: unknown): [string, Counter][] {
  const set = cutSet.safeParse(object);
  if (set.success) return set.data.set.elem.map(({ elem }) => [elem.comment, elem.counter]);
  const rule = lossRule.safeParse(object);
  if (!rule.success) return [];
  const { comment, expr } = rule.data.rule;
  return expr.flatMap((expression): [string, Counter][] => {
    const counted = counterExpression.safeParse(expression);
    return counted.success ? [[comment, counted.data.counter]] : [];
  });
}
