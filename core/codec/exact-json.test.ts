import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deepest,
  exactNumber,
  exactTimes,
  isExactNumber,
  isTooDeep,
  parseExactJson,
  wholeJson,
  wholeNumber,
} from "./exact-json.ts";

describe("exact numbers", () => {
  it.each<[token: string, value: number | string]>([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["1e20", 1e20],
    ["100000000000000000000", 1e20],
    ["1.50", 1.5],
    ["0.30000000000000004", 0.30000000000000004],
    ["1700000000.1234567891", "1700000000.1234567891"],
    ["0.00000012345678901234567890", "0.0000001234567890123456789"],
    ["1e400", `1${"0".repeat(400)}`],
    ["1e-400", `0.${"0".repeat(399)}1`],
    ["1e999", "1e999"],
    ["0.0", 0],
  ])("%s is %j", (token, value) => {
    expect(exactNumber(token)).toBe(value);
  });

  it("are one value exactly when they are one number", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: -3, max: 3 }), (number, step) => {
        const [a, b] = [parseExactJson(`[${number}]`), parseExactJson(`[${number + BigInt(step)}]`)];
        expect(JSON.stringify(a) === JSON.stringify(b)).toBe(step === 0);
      }),
    );
  });

  it("give back the whole number that they stand for", () => {
    fc.assert(
      fc.property(fc.bigInt(), (number) => {
        expect(wholeNumber(wholeJson(number))).toBe(number);
        expect(isExactNumber(wholeJson(number))).toBe(true);
      }),
    );
  });

  it("are no texts of digits that a number holds", () => {
    for (const value of ["5", "abc", "9007199254740991", "1.5", null, true])
      expect(isExactNumber(value)).toBe(false);
  });
});

describe("exact JSON", () => {
  it("is JSON, where JavaScript prints every number again as it stands", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("leaves the digits in strings alone", () => {
    const text = '{"a\\"9007199254740993":"x 9007199254740993 1e999","b":[9007199254740993]}';
    expect(parseExactJson(text)).toEqual({
      'a"9007199254740993': "x 9007199254740993 1e999",
      b: ["9007199254740993"],
    });
  });

  it("is too deep from a nesting that recursion would not survive", () => {
    const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}"[[["${"]}".repeat(depth / 2)}`;
    expect(isTooDeep(nested(deepest))).toBe(false);
    expect(isTooDeep(nested(deepest + 2))).toBe(true);
  });
});

describe("exact times", () => {
  it("stay as they are where numbers hold them", () => {
    expect(exactTimes([5, 3.5, -1])).toEqual({ times: [5, 3.5, -1] });
  });

  it("count from the earliest where they do not, and none becomes another", () => {
    const { times } = exactTimes(["1700000000000000003", "1700000000000000001", 1700000000000000000]);
    expect(times).toEqual([3, 1, 0]);
  });

  it("keep the order of fractions that no number holds", () => {
    const { order = [] } = exactTimes(["1700000000.0000000001", "1700000000.0000000002", 1700000000]);
    expect(order).toEqual([1n, 2n, 0n]);
  });
});
