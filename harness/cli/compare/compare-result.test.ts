import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as z from "zod";
import { digest } from "../../../reports/comparison/testing/digests.ts";
import { withPower } from "../../../reports/versus/power.ts";
import { versus } from "../../../reports/versus/versus.ts";
import { compareSchema } from "../testing/compare-schema.ts";
import { compareResult } from "./compare-result.ts";
import { versusText } from "./text.ts";

const few = { write: { p50: 4, p99: 20, without: 1, ok: 99 } };
const judged = versus(
  [digest({ seed: 1 }), digest({ seed: 2 })],
  [digest({ seed: 1, version: "3.4.23", ...few }), digest({ seed: 2, version: "3.4.23", ...few })],
);

it("prints what its schema says", () => {
  const result = compareResult(judged, "page.html");
  expect(compareSchema.safeParse(JSON.parse(JSON.stringify(result))).error?.issues).toBeUndefined();
  expect(result.comparisons[0]?.figures.find(({ figure }) => figure === "write p50")).toMatchObject({
    outcome: "slower",
    firm: false,
    ratio: { value: 2 },
    a: { values: [2000, 2000] },
  });
  expect(result.comparisons[0]?.figures.find(({ figure }) => figure === "write p99")).toMatchObject({
    outcome: "not compared",
    why: "too few operations in B",
    p: null,
    b: { values: [null, null], median: null },
  });
});

it("warns of runs that were not made in turn, and says what they could have shown", () => {
  const side = (hour: number, version: string) =>
    Array.from({ length: 7 }, (_, i) => {
      const startedAt = new Date(Date.UTC(2026, 0, 1, hour, i)).toISOString();
      const write = { p50: 4 + ((i * (hour + 2)) % 7) / 10, p99: 20, without: 1 };
      return digest({ seed: i, version, write, run: { startedAt } });
    });
  const found = withPower(versus(side(1, "1"), side(2, "2")));
  const result = compareResult(found);
  expect(compareSchema.safeParse(JSON.parse(JSON.stringify(result))).error?.issues).toBeUndefined();
  const [first] = result.comparisons;
  expect(first?.warnings).toEqual([expect.stringContaining("All runs of A were made before all of B")]);
  expect(first?.power).toContain("4 of 5 comparisons");
  expect(first?.figures.find(({ figure }) => figure === "write p50")?.leastFound).toBeGreaterThan(1);
  const text = found.map(versusText).join("\n");
  expect(text).toContain("All runs of A were made before all of B");
  expect(text).toContain("power");
  expect(compareResult(judged).comparisons[0]).toMatchObject({ warnings: [], power: expect.any(String) });
});

it("has the schema that is documented", () => {
  const file = fileURLToPath(new URL("../../../docs/compare.schema.json", import.meta.url));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(compareSchema))),
  );
});

it("prints a line for each figure, with what differs above", () => {
  const text = judged.map(versusText).join("\n").replaceAll("\u202f", " ");
  expect(text).toContain("different versions: A 3.5.16, B 3.4.23");
  expect(text).toMatch(
    /write p50 +2\.00 ms +4\.00 ms +\+100% \(range \+100% to \+100%\) +slower \(indicative\)/,
  );
  expect(text).toMatch(/write p99 +8\.00 ms +– +– +not compared: too few operations in B/);
  expect(text).toMatch(/read p50 +1\.00 ms +1\.00 ms +±0% .* ~ not distinguishable/);
});
