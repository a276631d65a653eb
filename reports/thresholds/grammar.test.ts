import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { nameOf, parseThreshold } from "./grammar.ts";

const operations = ["read", "write", "cas"];
const parse = (text: string) => parseThreshold(text, operations);

describe("parseThreshold()", () => {
  it.each([
    ["put.p99 > 50ms", "write.p99", ">", 50_000, "time"],
    ["write.p99.9>=1.5s", "write.p99.9", ">=", 1_500_000, "time"],
    ["get.p999 > 800us", "read.p99.9", ">", 800, "time"],
    ["cas.mean > 800µs", "cas.mean", ">", 800, "time"],
    ["errors > 0.1%", "errors", ">", 0.001, "%"],
    ["errors > 5", "errors", ">", 5, ""],
    ["unwritable > 3s", "unwritable", ">", 3_000_000, "time"],
    ["ok < 400/s", "ok", "<", 400, "/s"],
    ["  stale-reads  >  0 ", "stale-reads", ">", 0, ""],
    ["stale-reads <= 2%", "stale-reads", "<=", 0.02, "%"],
  ])("reads %s", (text, name, comparison, limit, unit) => {
    const parsed = parse(text);
    expect(nameOf(parsed.metric)).toBe(name);
    expect(parsed).toMatchObject({ text: text.trim(), comparison, unit });
    expect(parsed.limit).toBeCloseTo(limit, 9);
  });

  it("takes an operation's own name before an alias", () => {
    expect(nameOf(parseThreshold("put.p50 > 1s", ["put", "write"]).metric)).toBe("put.p50");
  });

  it.each([
    ["putt.p99 > 5ms", /unknown metric putt.*errors, ok, unwritable.*cas, read or write/],
    ["list.p99 > 5ms", /unknown metric list/],
    ["put.p98 > 5ms", /expected put.p50, p90.*not p98/],
    ["put > 5ms", /expected put.p50.*not put alone/],
    ["errors.p99 > 5", /errors has no p99/],
    ["put.p99 > 5", /compared with a time \(50ms, 3s, 800µs\), not with 5/],
    ["put.p99 > 5m", /not with 5m/],
    ["put.p99 > 5%", /not with 5%/],
    ["errors > 3s", /compared with a share \(0.1%\) or a number, not with 3s/],
    ["ok < 400", /compared with a rate \(400\/s\)/],
    ["put.p99 = 5ms", /expected METRIC > LIMIT/],
    ["put.p99 > -5ms", /expected METRIC > LIMIT/],
    ["put.p99", /expected METRIC > LIMIT/],
    ["", /expected METRIC > LIMIT/],
    ["constructor.p99 > 5ms", /unknown metric constructor/],
    ["put.constructor > 5ms", /not constructor/],
    ["ok < 5constructor", /not with 5constructor/],
  ])("refuses %j and says what it expected", (text, message) => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(message);
  });
});
