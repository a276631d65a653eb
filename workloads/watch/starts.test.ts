import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
import { testRun } from "../testing/run.ts";
import { Keys } from "./keys.ts";
import { Known } from "./known.ts";

describe("where a watch may begin", () => {
  it("names the key that was deleted at a revision, of the last hundred deletions", () => {
    const known = new Known();
    for (let revision = 1; revision <= 150; revision++) known.deleted(`k${revision}`, revision);
    expect(known.deletedAt(50)).toBeUndefined();
    expect([51, 150].map((revision) => known.deletedAt(revision))).toEqual(["k51", "k150"]);
    known.compactedTo(149);
    expect(known.deletion(createRandom(1))).toBe(150);
  });

  it("is the deleted key, or a prefix of it", () => {
    const keys = new Keys(testRun());
    const random = createRandom(1);
    const including = (isPrefix: boolean) =>
      new Set(Array.from({ length: 50 }, () => JSON.stringify(keys.including("k2-3", random, { isPrefix }))));
    expect(including(false)).toEqual(new Set(['{"key":"k2-3"}']));
    expect(including(true)).toEqual(new Set(['{"prefix":"k"}', '{"prefix":"k2-"}']));
  });
});
