import { expect, it } from "vitest";
import { shown, table } from "./output.ts";

it("shows no control character of a history, and keeps a command's own lines and colours", () => {
  expect(shown("k\u001b[2J\u009b1m\u0007")).toBe("k\\u001b[2J\\u009b1m\\u0007");
  expect(shown("a\nb\tc\r")).toBe("a\nb\tc\\r");
  expect(shown("\u001b[32m\u001b[1mvalid\u001b[22m\u001b[39m x")).toBe(
    "\u001b[32m\u001b[1mvalid\u001b[22m\u001b[39m x",
  );
});

it.each(["\u001b[8m", "\u001b[30m", "\u001b]0;title\u0007", "\u001b[1;31m", "\u001b[5A"])(
  "does not take %j for a colour of its own",
  (sequence) => {
    expect(shown(sequence)).not.toContain("\u001b");
  },
);

it("pads a table's columns by what is seen of them", () => {
  const [header = "", row = ""] = table(["a", "b"], [["\u001b[32mlong\u001b[39m", "x"]]).split("\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const plain = (text: string) => text.replace(/\x1b\[\d+m/g, "");
  expect(plain(header).indexOf("b")).toBe(plain(row).indexOf("x"));
});
