import { z } from "zod";
import { run } from "./shell.ts";

/** One direction between two addresses, with the name that people know it by: `n1 -> n2`, `clients -> n1`. */
export interface Path {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Packet loss is drawn per packet, in hundredths of a percent. */
const lossScale = 10_000;

const table = `
table bridge assay {
  set cut { type ipv4_addr . ipv4_addr; counter; }
  chain loss { }
  chain forwarded {
    type filter hook forward priority 0; policy accept;
    ip saddr . ip daddr @cut drop
    jump loss
  }
}`;

const counter = z.object({ packets: z.number(), bytes: z.number() });
type Counter = z.infer<typeof counter>;

/** What `nft -j list table` says of the objects that count; there are others. */
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

/** Cuts and losses on a bridge, by nft in the bridge's namespace. A change takes effect at once, all of it together. */
export class BridgeRules {
  readonly #nft: readonly string[];

  /** `enter` is put before the nft command to reach the bridge's namespace. */
  constructor(enter: readonly string[]) {
    this.#nft = [...enter, "nft"];
  }

  async install(): Promise<void> {
    await this.#apply(table);
  }

  async cut(paths: readonly Path[]): Promise<void> {
    if (paths.length === 0) return;
    const elements = paths.map(({ name, from, to }) => `${from} . ${to} comment "${name}"`);
    await this.#apply(`add element bridge assay cut { ${elements.join(", ")} }`);
  }

  async lose(paths: readonly Path[], percent: number): Promise<void> {
    const limit = Math.round((percent * lossScale) / 100);
    const rules = paths.map(
      ({ name, from, to }) =>
        `add rule bridge assay loss ip saddr ${from} ip daddr ${to} numgen random mod ${lossScale} < ${limit} counter drop comment "${name}"`,
    );
    await this.#apply(rules.join("\n"));
  }

  async heal(): Promise<void> {
    await this.#apply("flush set bridge assay cut\nflush chain bridge assay loss");
  }

  /** `n1 -> n2 dropped 14 packets (1320 bytes)`, one for each path that dropped any. */
  async proof(): Promise<string[]> {
    const text = await run([...this.#nft, "-j", "list", "table", "bridge", "assay"]);
    const seen = listing.parse(JSON.parse(text)).nftables.flatMap(countersOf);
    return seen
      .filter(([, { packets }]) => packets > 0)
      .map(([name, { packets, bytes }]) => `${name} dropped ${packets} packets (${bytes} bytes)`);
  }

  async #apply(commands: string): Promise<void> {
    await run([...this.#nft, "-f", "-"], { input: `${commands}\n` });
  }
}

/** The counters that an object of nft's listing holds, by the names of their paths. */
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
