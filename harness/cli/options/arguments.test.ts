import { describe, expect, it } from "vitest";
import { commaLists, integerUpTo, isShare, lookUp, numberUpTo, rateParts, rateUpTo } from "./arguments.ts";

describe("an option that takes names", () => {
  const defaults = ["reference"];
  const parse = commaLists(defaults);

  it("replaces the defaults when it is given, and adds to them when it is given again", () => {
    expect(parse("etcd,zookeeper", defaults)).toEqual(["etcd", "zookeeper"]);
    expect(parse("consul", parse("etcd,zookeeper", defaults))).toEqual(["etcd", "zookeeper", "consul"]);
  });

  it("refuses an empty name", () => {
    expect(() => parse("etcd,,consul", defaults)).toThrow("expected names separated by commas");
  });

  it("that is unknown is refused with a list of the known ones, or with none", () => {
    expect(() => lookUp({ etcd: 1, consul: 2 }, "etdc", "system")).toThrow(
      'unknown system "etdc": expected etcd or consul',
    );
    expect(() => lookUp({}, "apply-twice", "planted bug", "etcd")).toThrow(
      'unknown planted bug "apply-twice" for etcd: there are none',
    );
  });
});

describe("an option that takes a number", () => {
  it("refuses what is beyond its limit, and says the limit", () => {
    expect(integerUpTo(10_000)("10000")).toBe(10_000);
    expect(() => integerUpTo(10_000)("1000000000")).toThrow("expected at most 10,000.");
    expect(numberUpTo(1_000_000)("0.5")).toBe(0.5);
    expect(() => numberUpTo(1_000_000)("1e12")).toThrow("expected at most 1,000,000.");
  });

  it("takes a rate, a ramp, steps, or a mixture, and keeps the words", () => {
    expect(rateParts("500")).toEqual([{ from: 500, to: 500 }]);
    expect(rateParts("100,100..400,400")).toEqual([
      { from: 100, to: 100 },
      { from: 100, to: 400 },
      { from: 400, to: 400 },
    ]);
    expect(rateUpTo(1000)("1..1000")).toBe("1..1000");
    expect(() => rateUpTo(1000)("1..1001")).toThrow("expected at most 1,000.");
    expect(() => rateParts("1..2..3")).toThrow("at most one ..");
    for (const text of ["", "100,", "..100", "100..", "0..100", "a"])
      expect(() => rateParts(text)).toThrow("expected a number above 0.");
  });

  it("takes a rate in percent of what the warm-up reaches, all parts or none", () => {
    expect(rateParts("10%,20%..50%")).toEqual([
      { from: 10, to: 10 },
      { from: 20, to: 50 },
    ]);
    expect(isShare("50%")).toBe(true);
    expect(isShare("50")).toBe(false);
    expect(rateUpTo(50)("120%")).toBe("120%");
    expect(() => rateUpTo(50)("1001%")).toThrow("expected at most 1,000%.");
    expect(() => rateParts("10%,20")).toThrow("all rates in percent, or none");
    expect(() => rateParts("%")).toThrow("expected a number above 0.");
  });

  it("takes 0 only where 0 means none", () => {
    expect(numberUpTo(10, "0")("0")).toBe(0);
    for (const text of ["", "-1", "a"])
      expect(() => numberUpTo(10, "0")(text)).toThrow("expected 0 or a number above 0.");
    expect(() => numberUpTo(10)("0")).toThrow("expected a number above 0.");
  });
});
