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

  it("that is unknown is refused with those that there are, or with none", () => {
    expect(() => lookUp({ etcd: 1, consul: 2 }, "etdc", "system")).toThrow(
      'no system is called "etdc"; there are: etcd, consul',
    );
    expect(() => lookUp({}, "apply-twice", "planted bug of etcd")).toThrow("there are: none");
  });
});
