import { describe, expect, it } from "vitest";
import { medianOf, rank } from "./rank.ts";

const sample = (of: string, ...values: number[]) => ({ of, values });
const names = (ranked: readonly { readonly of: string }[]) => ranked.map(({ of }) => of);

describe("rank()", () => {
  it.each([
    ["a large difference of single runs counts", [[10], [20]], ["a"], ["b"]],
    ["a difference of less than a quarter is noise", [[10], [12.4]], ["a", "b"], []],
    ["a difference of a quarter counts", [[10], [12.5]], ["a"], ["b"]],
    [
      "runs that overlap are too close to call, however far the medians are apart",
      [
        [10, 11, 40],
        [30, 39, 50],
      ],
      ["a", "b"],
      [],
    ],
    [
      "runs that lie apart count",
      [
        [10, 11, 12],
        [14, 15, 16],
      ],
      ["a"],
      ["b"],
    ],
    [
      "runs that lie apart by less than a quarter are noise",
      [
        [10, 11, 12],
        [12.1, 12.2, 12.3],
      ],
      ["a", "b"],
      [],
    ],
    ["the lowest median is first, wherever it was given", [[20], [10]], ["b"], ["a"]],
    ["equal values are too close to call", [[10], [10]], ["a", "b"], []],
    ["two zeros are too close to call", [[0], [0]], ["a", "b"], []],
  ] as const)("%s", (_, [a, b], leaders, others) => {
    const ranking = rank([sample("a", ...a), sample("b", ...b)]);
    expect(names(ranking.leaders)).toEqual(leaders);
    expect(names(ranking.others)).toEqual(others);
  });

  it("does not tell apart what differs by less than was measured", () => {
    expect(names(rank([sample("a", 0.01), sample("b", 0.05)], 0.1).leaders)).toEqual(["a", "b"]);
    expect(names(rank([sample("a", 0.01), sample("b", 0.2)], 0.1).leaders)).toEqual(["a"]);
  });

  it("compares each with the lowest, not with its neighbour", () => {
    const { leaders, others } = rank([sample("a", 10), sample("b", 12), sample("c", 14)]);
    expect([names(leaders), names(others)]).toEqual([["a", "b"], ["c"]]);
  });

  it("is firm only if each was run five times", () => {
    const five = [1, 2, 3, 4, 5];
    expect(rank([sample("a", ...five), sample("b", ...five)]).isFirm).toBe(true);
    expect(rank([sample("a", ...five), sample("b", 1, 2, 3, 4)]).isFirm).toBe(false);
  });
});

describe("medianOf()", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])("of %j is %d", (values, median) => expect(medianOf(values)).toBe(median));

  it("of nothing is not a number", () => expect(medianOf([])).toBeNaN());
});
