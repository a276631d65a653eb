import { describe, expect, it } from "vitest";
import { differences } from "../statistics/difference.ts";
import { orderOf } from "./rank.ts";

const sample = (of: string, ...values: number[]) => ({ of, values });
const ranked = (samples: readonly ReturnType<typeof sample>[], leastDifference = 0) => {
  const order = orderOf(samples, leastDifference);
  const { leaders, others, isFirm } = order.ranking(differences(order.pairs));
  return { leaders: leaders.map(({ of }) => of), others: others.map(({ of }) => of), isFirm };
};

describe("orderOf()", () => {
  it.each([
    ["what differs is behind the lowest", [[10], [20]], ["a"], ["b"]],
    ["what does not differ leads with it", [[10], [12]], ["a", "b"], []],
    ["the lowest median is first, wherever it was given", [[20], [10]], ["b"], ["a"]],
    ["equal values lead together", [[10], [10]], ["a", "b"], []],
  ] as const)("%s", (_, [a, b], leaders, others) => {
    expect(ranked([sample("a", ...a), sample("b", ...b)])).toMatchObject({ leaders, others });
  });

  it("compares each with the lowest, not with its neighbour", () => {
    expect(ranked([sample("a", 10), sample("b", 12), sample("c", 14)])).toMatchObject({
      leaders: ["a", "b"],
      others: ["c"],
    });
  });

  it("does not tell apart what differs by less than was measured", () => {
    expect(ranked([sample("a", 0.01), sample("b", 0.05)], 0.1).others).toEqual([]);
    expect(ranked([sample("a", 0.01), sample("b", 0.2)], 0.1).others).toEqual(["b"]);
  });

  it("is firm only if each was run often enough for the test", () => {
    const five = [1, 2, 3, 4, 5];
    expect(ranked([sample("a", ...five), sample("b", ...five)]).isFirm).toBe(true);
    expect(ranked([sample("a", ...five), sample("b", 1, 2)]).isFirm).toBe(false);
  });

  it("of one candidate has nothing to compare", () => {
    expect(ranked([sample("a", 3, 1, 2)])).toEqual({ leaders: ["a"], others: [], isFirm: true });
  });
});
