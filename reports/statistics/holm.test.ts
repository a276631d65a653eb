import { expect, it } from "vitest";
import { holm } from "./holm.ts";

it.each([
  ["ascending", [0.01, 0.02, 0.03, 0.04], [0.04, 0.06, 0.06, 0.06]],
  ["in any order", [0.04, 0.01, 0.03, 0.02], [0.06, 0.04, 0.06, 0.06]],
  ["as in Holm's step-down of three", [0.01, 0.04, 0.03], [0.03, 0.06, 0.06]],
  ["never above 1", [0.5, 0.9], [1, 1]],
  ["one test", [0.03], [0.03]],
  ["no test", [], []],
])("adjusts p %s", (_, ps, expected) => {
  const adjusted = holm(ps);
  expect(adjusted).toHaveLength(expected.length);
  for (const [i, p] of expected.entries()) expect(adjusted[i]).toBeCloseTo(p, 12);
});
