import { describe, expect, it } from "vitest";
import { commaLists, integerUpTo, lookUp, numberUpTo } from "./arguments.ts";

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

  it("takes 0 only where 0 means none", () => {
    expect(numberUpTo(10, "0")("0")).toBe(0);
    expect(() => numberUpTo(10, "0")("")).toThrow("expected a number above 0.");
    expect(() => numberUpTo(10)("0")).toThrow("expected a number above 0.");
  });
});
