import { expect, it } from "vitest";
import { outliers } from "./outliers.ts";

it.each([
  ["one slow run of ten", [10, 11, 9, 10, 12, 10, 9, 11, 10, 30], [9]],
  ["a fast one, too", [10, 11, 2, 10, 12, 10], [2]],
  ["none among runs that scatter evenly", [10, 12, 14, 16, 18, 20], []],
  ["the one that differs from equal ones", [5, 5, 5, 5, 5, 5, 9], [6]],
  ["none among equal ones", [5, 5, 5, 5, 5], []],
  ["none of four: too few to say which is odd", [1, 1, 1, 100], []],
])("points out %s", (_, values, expected) => expect(outliers(values)).toEqual(expected));
