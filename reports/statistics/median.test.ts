import { describe, expect, it } from "vitest";
import { medianOf } from "./median.ts";

describe("medianOf()", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])("of %j is %d", (values, median) => expect(medianOf(values)).toBe(median));

  it("of nothing is not a number", () => expect(medianOf([])).toBeNaN());
});
