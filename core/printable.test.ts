import { expect, it } from "vitest";
import { printable } from "./printable.ts";

it.each([
  ["\u001b[2J", "\\u001b[2J"],
  ["\u009b31m", "\\u009b31m"],
  ["a\nvalid\r\tb", "a\\nvalid\\r\\tb"],
  ["\u0000\u007f", "\\u0000\\u007f"],
  ["\u202egpj", "\\u202egpj"],
])("writes characters that would act as escapes: %j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

it("leaves all other text as it is", () => {
  expect(printable("käse 🧀 1\u202fms \\n")).toBe("käse 🧀 1\u202fms \\n");
});

it("leaves what is to be kept", () => {
  expect(printable("a\nb\tc", "\n")).toBe("a\nb\\tc");
});
