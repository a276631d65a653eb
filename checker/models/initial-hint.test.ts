import { describe, expect, it } from "vitest";
import { textSource } from "../formats/format.ts";
import { detectFormat } from "../formats/index.ts";
import { initialHint } from "./initial-hint.ts";

const hintOf = async (text: string): Promise<string | undefined> => {
  const source = textSource(text, "file");
  return initialHint((await detectFormat(source).read(source)).history);
};

const txn = (...parts: string[]) =>
  parts
    .map(
      (value, i) =>
        `{:process 4, :type ${i === 0 ? ":invoke" : ":ok"}, :f :txn, :value ${value}, :time ${i}}`,
    )
    .join("\n");

describe("the hint at an initial state", () => {
  it("names who read what no operation wrote", async () => {
    expect(await hintOf(txn('[[:r "stock" nil] [:w "stock" 9]]', '[[:r "stock" 12] [:w "stock" 9]]'))).toBe(
      "process 4 read 12 from stock, which no operation wrote: if it was there before, say so with --initial, or --initial unknown",
    );
    expect(await hintOf('[{"f":"read","result":3,"call":0,"return":1}]')).toMatch(
      /read 3, which no operation wrote/,
    );
    expect(await hintOf('[{"f":"cas","key":"x","value":[3,4],"call":0,"return":1}]')).toMatch(
      /read 3 from x/,
    );
  });

  it("says nothing where every value was written, or was absent", async () => {
    expect(
      await hintOf(txn("[[:w :x 1] [:r :x nil] [:r :y nil]]", "[[:w :x 1] [:r :x 1] [:r :y nil]]")),
    ).toBeUndefined();
    expect(
      await hintOf('[{"f":"write","value":3,"call":0},{"f":"read","result":3,"call":0,"return":1}]'),
    ).toBeUndefined();
  });
});
