import { describe, expect, it } from "vitest";
import { withSides } from "./declare.ts";

describe("withSides()", () => {
  it("lets options follow the second side of a comparison", () => {
    const argv = ["node", "assay", "compare", "a", "b", "--", "c", "--json"];
    expect(withSides(argv)).toEqual(["node", "assay", "compare", "a", "b", "--against", "c", "--json"]);
  });

  it("leaves other commands and comparisons without it alone", () => {
    for (const argv of [
      ["node", "assay", "check", "--", "-odd-name"],
      ["node", "assay", "compare", "a", "--against", "b"],
    ])
      expect(withSides(argv)).toEqual(argv);
  });

  it("refuses a third side", () => {
    expect(() => withSides(["node", "assay", "compare", "a", "--", "b", "--", "c"])).toThrow("two sides");
  });
});
