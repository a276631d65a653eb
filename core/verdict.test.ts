import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type VerdictKind, worst } from "./verdict.ts";

const kind = fc.constantFrom<VerdictKind>("valid", "unknown", "invalid");

describe("worst()", () => {
  it.each<[VerdictKind, VerdictKind[]]>([
    ["valid", ["valid", "valid"]],
    ["unknown", ["valid", "unknown", "valid"]],
    ["invalid", ["valid", "invalid", "unknown"]],
  ])("is %s of %j", (expected, kinds) => {
    expect(worst(kinds)).toBe(expected);
  });

  it("is unknown of nothing: what nobody judged is not valid", () => {
    expect(worst([])).toBe("unknown");
  });

  it("does not depend on order or grouping", () => {
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1 }), fc.array(kind, { minLength: 1 }), (a, b) => {
        expect(worst([...a, ...b])).toBe(worst([...b, ...a]));
        expect(worst([...a, ...b])).toBe(worst([worst(a), worst(b)]));
      }),
    );
  });
});
