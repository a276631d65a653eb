import { expect, it } from "vitest";
import { millis } from "./time.ts";
import {
  allOf,
  asSentence,
  asTitle,
  atTime,
  count,
  cutEnd,
  cutMiddle,
  duration,
  listed,
  partOf,
  showValue,
} from "./wording.ts";

it("counts in English, with separators", () => {
  expect([0, 1, 2, 14_982].map((n) => count(n, "fault"))).toEqual([
    "0 faults",
    "1 fault",
    "2 faults",
    "14,982 faults",
  ]);
  expect([1, 2].map((n) => count(n, "more anomaly", "more anomalies"))).toEqual([
    "1 more anomaly",
    "2 more anomalies",
  ]);
});

it("says what part of all things is meant", () => {
  expect([0, 1, 2, 3].map((n) => allOf(n, "fault"))).toEqual([
    "all 0 faults",
    "the only fault",
    "both faults",
    "all 3 faults",
  ]);
  expect([partOf(1, 3, "read"), partOf(3, 3, "read"), partOf(1, 1, "read")]).toEqual([
    "1 of 3 reads",
    "all 3 reads",
    "the only read",
  ]);
});

it("lists in English", () => {
  expect([[], ["1"], ["1", "2"], ["1", "2", "3"]].map(listed)).toEqual(["", "1", "1 and 2", "1, 2 and 3"]);
});

it("cuts long text in the middle, or at its end", () => {
  expect([cutMiddle("abcdef", 6), cutMiddle("abcdefg", 6)]).toEqual(["abcdef", "abc…efg"]);
  expect([cutEnd("abc", 3), cutEnd("abcd", 3)]).toEqual(["abc", "ab…"]);
});

it("shows values in JSON, and says where there is none", () => {
  expect([showValue("a"), showValue(null), showValue(undefined)]).toEqual(['"a"', "null", "nothing"]);
});

it.each([
  [1.94e9, "1.9 s"],
  [340e6, "340 ms"],
  [1.24e6, "1.2 ms"],
  [90e3, "90 µs"],
])("writes %d ns as %s", (nanos, text) => {
  expect(duration(nanos)).toBe(text);
});

it("writes a moment of the run in seconds", () => {
  expect(atTime(millis(12_480))).toBe("12.480 s");
});

it("makes a finding a sentence, but keeps a node's name as it is", () => {
  expect(asSentence("all is well")).toBe("All is well.");
  expect(asSentence("n1 did not answer.")).toBe("n1 did not answer.");
});

it("makes a name a title", () => {
  expect(["enough-operations", "staleness"].map(asTitle)).toEqual(["Enough operations", "Staleness"]);
});
