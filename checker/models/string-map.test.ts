import { describe, expect, it } from "vitest";
import { whole } from "../linearizability/whole.ts";
import { accepts, unanswered } from "../testing/accepts.ts";
import { expectAgreement, type Scenario } from "../testing/agreement.ts";
import { expectKeysApart } from "../testing/key-agreement.ts";
import { answered } from "../testing/random-history.ts";
import { expectTrueReasons, oracleOf } from "../testing/true-reasons.ts";
import { stringMap } from "./string-map.ts";

const model = stringMap();
const scenario: Scenario<string> = {
  model,
  call(random) {
    const f = random.pick(["get", "get", "get", "put", "append", "append"]);
    return f === "get" ? { f } : { f, value: random.pick(["x", "y"]) };
  },
  answer: (state, { f }) => (f === "get" ? answered(state) : answered()),
  otherAnswer: (random) => answered(random.pick(["x", "y", "xy", "yx", "yy"])),
};

describe("the string map", () => {
  it("is judged as brute force judges it", () => {
    expectAgreement(scenario);
  });

  it("gives reasons that are true", () => {
    expectTrueReasons(
      scenario,
      oracleOf(scenario, (state, { value, holds }) => (state === value) === holds),
    );
  });

  it("is judged so key by key and whole", () => {
    expectKeysApart(scenario);
  });

  it("is empty at first, appends at the end, and puts over what was there", () => {
    const put = { f: "put", value: "b" };
    const append = { f: "append", value: "a" };
    const get = (value: string) => [{ f: "get" }, answered(value)] as const;
    expect(accepts(model, get(""), [append, answered()], [append, unanswered], get("aa"))).toBe(true);
    expect(accepts(model, [append, answered()], [put, answered()], [append, answered()], get("ba"))).toBe(
      true,
    );
    expect(accepts(model, [append, answered()], [put, answered()], get("ab"))).toBe(false);
  });

  it("keeps keys apart when it is judged whole", () => {
    const map = whole(model);
    const put = [{ f: "put", key: "a", value: "1" }, answered()] as const;
    expect(accepts(map, put, [{ f: "get", key: "b" }, answered("")])).toBe(true);
    expect(accepts(map, put, [{ f: "get", key: "b" }, answered("1")])).toBe(false);
  });
});
