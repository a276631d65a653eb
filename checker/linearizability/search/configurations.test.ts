import { expect, it } from "vitest";
import { LimitExceeded } from "../limits.ts";
import { Configurations } from "./configurations.ts";
import { layoutFor, stateAt } from "./row.ts";
import { Uses } from "./uses.ts";

it("a set of configurations grows as far as it may, never further", () => {
  const most = 1_000_000;
  const layout = layoutFor(10, false);
  let asked = 0;
  const set: Configurations = new Configurations(layout, new Uses(), (bytes) => {
    asked = set.bytes() + bytes;
    return asked <= most;
  });
  const exact = new Int32Array(layout.words);
  const row = new Int32Array(layout.stride);
  const fill = () => {
    for (row[stateAt] = 0; ; row[stateAt]++) {
      set.add(row, exact);
      expect(set.bytes()).toBeLessThanOrEqual(most);
    }
  };
  expect(fill).toThrow(LimitExceeded);
  // While it grows it is there twice, so it stops at about a half.
  expect(set.bytes()).toBeGreaterThan(most / 3);
  expect(set.size).toBe(row[stateAt]);
});
