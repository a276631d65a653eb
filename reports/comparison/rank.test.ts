import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
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

  it("needs more runs the more candidates there are, any of which may turn out as the lowest", () => {
    const five = (_: unknown, i: number) => sample(`s${i}`, 1, 2, 3, 4, 5);
    expect(ranked(Array.from({ length: 4 }, five)).isFirm).toBe(true);
    expect(ranked(Array.from({ length: 5 }, five)).isFirm).toBe(false);
  });

  it.each([4, 6])("puts one of %d equal candidates behind in at most 1 of 20 comparisons", (size) => {
    const random = createRandom(size);
    const trials = 1500;
    const claims = Array.from({ length: trials }, () =>
      ranked(
        Array.from({ length: size }, (_, i) =>
          sample(`s${i}`, ...Array.from({ length: 8 }, () => 100 * (1 + random.float()))),
        ),
      ),
    ).filter(({ others }) => others.length > 0).length;
    expect(claims / trials).toBeLessThan(0.05);
  });

  it("of one candidate has nothing to compare", () => {
    expect(ranked([sample("a", 3, 1, 2)])).toEqual({ leaders: ["a"], others: [], isFirm: true });
  });
});
