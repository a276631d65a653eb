/** The schema of `assay compare --json`, from which docs/compare.schema.json is made. */
import * as z from "zod";

const interval = z
  .strictObject({
    kind: z
      .enum(["interval", "range"])
      .describe("what low and high are: ends of the 95% bootstrap interval, or, below 6 runs, of the range"),
    value: z.number(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  })
  .describe("a median or a ratio of medians, with its interval; null: infinite, because a run of A had 0");

const side = z.strictObject({
  system: z.string(),
  version: z.string(),
  readMode: z.string(),
  verdict: z.enum(["valid", "unknown", "invalid"]).describe("the worst of its runs"),
  runs: z.array(
    z.strictObject({
      id: z.string(),
      seed: z.number(),
      limited: z
        .enum(["overloaded", "client-limited", "leader-changed"])
        .nullable()
        .describe("why its speed is not the system's"),
    }),
  ),
});

const figureOfSide = z.strictObject({
  median: interval.nullable().describe("null if a run does not know it"),
  values: z.array(z.number().nullable()).describe("in the order of the side's runs"),
  outliers: z.array(z.number()).describe("places of the outliers among the values; they count"),
  noise: z
    .number()
    .nullable()
    .describe("how far the medians of two halves of these runs are apart, in 19 of 20 splits: 0.04 is 4%"),
});

const figure = z.strictObject({
  figure: z.string(),
  topic: z.enum(["latency", "throughput", "outage", "cost"]),
  unit: z.enum(["µs", "/s", "s", "ms", "B"]),
  outcome: z
    .enum(["faster", "slower", "shorter", "longer", "lower", "higher", "not distinguishable", "not compared"])
    .describe("B against A"),
  firm: z
    .boolean()
    .nullable()
    .describe("whether there were enough runs for the test; else a difference is indicative"),
  p: z.number().nullable().describe("Mann–Whitney, two-sided, adjusted for all figures"),
  ratio: interval.nullable().describe("B as a multiple of A"),
  leastFound: z
    .number()
    .nullable()
    .describe(
      "least change for the worse, as such a multiple, that 4 of 5 comparisons with as many runs and their noise would find; null: none, or too few runs",
    ),
  a: figureOfSide,
  b: figureOfSide,
  why: z.string().optional().describe("why it was not compared"),
});

export const compareSchema = z.object({
  comparisons: z.array(
    z.strictObject({
      workload: z.string(),
      summary: z.string(),
      warnings: z.array(z.string()).describe("what makes the comparison doubtful, with the way out"),
      power: z
        .string()
        .nullable()
        .describe("which slowdowns these runs would have shown; null if nothing was compared"),
      a: side,
      b: side,
      differing: z.array(
        z.strictObject({
          condition: z.string(),
          a: z.string(),
          b: z.string(),
          forbids: z.array(z.string()).describe("topics that are not compared for that"),
        }),
      ),
      figures: z.array(figure),
    }),
  ),
  page: z.string().optional(),
});
