import { describe, expect, it } from "vitest";
import { commaLists, lookUp } from "./arguments.ts";

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
