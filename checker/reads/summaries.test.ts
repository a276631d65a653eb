/** The sentences of the read checkers for none, one and several of each thing. */
import { describe, expect, it } from "vitest";
import type { Consistency } from "../../core/consistency.ts";
import { type History, isClientEvent } from "../../core/history.ts";
import type { Verdict } from "../../core/verdict.ts";
import { register } from "../models/register.ts";
import { judgedUnder } from "../promises.ts";
import { freely, historyOf, type Line } from "../testing/history-of.ts";
import { singleEffect } from "./single-effect.ts";
import { staleness } from "./staleness.ts";
import { writtenValues } from "./written-values.ts";

const write = (value: number, more = {}): Line[] => [
  [0, "invoke", "write", value],
  [0, "ok", "write", value, more],
];
const read = (value: number, more = {}): Line[] => [
  [1, "invoke", "read"],
  [1, "ok", "read", value, more],
];
const history = (lines: readonly Line[][]): History => historyOf(...lines.flat());

describe("staleness in words", () => {
  it.each<[string, Line[][]]>([
    ["there were no reads to measure", [write(1)]],
    [
      "no stale reads: the only read returned a value that was still current when the read began",
      [write(1), read(1)],
    ],
    [
      "no stale reads: both reads returned a value that was still current when the read began",
      [write(1), read(1), read(1)],
    ],
    [
      "the only read was stale, by 1.0 ms (1 version behind); the only window was 1.0 ms on n2",
      [write(1), write(2), read(1)],
    ],
    [
      "2 of 3 reads were stale, at worst by 5.0 ms (2 versions behind); the longest window was 1.0 ms on n2",
      [write(1), write(2), read(1), write(3), read(3), write(4), read(2)],
    ],
    [
      "no stale reads found, but the writes behind 1 of 2 reads are not known",
      [write(1), write(1), read(1), write(2), read(2)],
    ],
  ])("is %s", async (summary, lines) => {
    expect(await staleness().check(history(lines), freely)).toMatchObject({ summary });
  });

  it("needs no node", async () => {
    const withoutNodes = history([write(1), write(2), read(1)]).map((event) => {
      if (!isClientEvent(event)) return event;
      const { node: _, ...rest } = event;
      return rest;
    });
    expect(await staleness().check(withoutNodes, freely)).toMatchObject({
      summary: "the only read was stale, by 1.0 ms (1 version behind)",
    });
  });
});

it.each<[string, Line[][]]>([
  ["there were no reads to judge", [write(1)]],
  ["the only read returned a value that was written", [write(1), read(1)]],
  ["both reads returned values that were written", [write(1), read(1), read(1)]],
  ["process 1 read 7 from k1 on n2 at 0.002 s, which nobody had written", [write(1), read(7)]],
  [
    "2 of 3 reads returned values that nobody had written: process 1 read 7 from k1 on n2 at 0.002 s, which nobody had written",
    [write(1), read(7), read(8), read(1)],
  ],
])("values that were written, in words: %s", async (summary, lines) => {
  expect(await writtenValues().check(history(lines), freely)).toMatchObject({ summary });
});

it.each<[string, Line[][]]>([
  ["the system reported no revisions that would show whether a write took effect twice", [write(1)]],
  ["the only observed write took effect once", [write(1, { revision: 1 })]],
  ["both observed writes took effect once", [write(1, { revision: 1 }), write(2, { revision: 2 })]],
])("a write's one effect, in words: %s", async (summary, lines) => {
  expect(await singleEffect().check(history(lines), freely)).toMatchObject({ summary });
});

describe("the promises in words", () => {
  const summaries = async (promise: Consistency, ...lines: Line[][]) => {
    const verdicts: Verdict[] = [];
    for (const checker of judgedUnder(promise, register()))
      verdicts.push(await checker.check(history(lines), freely));
    return verdicts.map(({ summary }) => summary);
  };

  it("count operations and keys", async () => {
    expect(await summaries("linearizable", write(1))).toEqual(["1 operation on 1 key is linearizable"]);
    expect(await summaries("linearizable", write(1), read(1))).toEqual([
      "2 operations on 1 key are linearizable",
    ]);
  });

  it("count the reads that may be old", async () => {
    const why = "this read mode promises sequential reads, which may be old";
    expect(await summaries("sequential", write(1))).toEqual([
      "1 operation on 1 key is linearizable",
      "there were no reads to judge",
    ]);
    expect(await summaries("sequential", write(1), read(1))).toEqual([
      `1 operation on 1 key is linearizable (write only); 1 operation (read) did not have to be: ${why}`,
      "the only read returned a state that the updates had left, and no session read a state older than what it had read or written",
    ]);
  });
});
