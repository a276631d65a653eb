import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JuteReader, JuteWriter } from "./jute.ts";

describe("jute", () => {
  it("reads what it wrote, in the same order", () => {
    const record = fc.record({
      int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      bool: fc.boolean(),
      text: fc.string({ unit: "grapheme", maxLength: 600 }),
      buffer: fc.uint8Array({ maxLength: 2000 }),
      vector: fc.array(fc.string({ unit: "grapheme" })),
    });
    fc.assert(
      fc.property(record, ({ int, long, bool, text, buffer, vector }) => {
        const writer = new JuteWriter().int(int).long(long).bool(bool).text(text).buffer(buffer);
        writer.vector(vector, (item) => writer.text(item));
        const reader = new JuteReader(writer.bytes());
        expect(reader.int()).toBe(int);
        expect(reader.long()).toBe(long);
        expect(reader.bool()).toBe(bool);
        expect(reader.text()).toBe(text);
        expect(new Uint8Array(reader.buffer())).toEqual(buffer);
        expect(reader.vector(() => reader.text())).toEqual(vector);
      }),
    );
  });

  it("writes numbers big-endian and lengths before bytes", () => {
    const bytes = new JuteWriter().int(1).long(-2n).bool(true).text("ü").bytes();
    expect(bytes.toString("hex")).toBe(`00000001${"f".repeat(15)}e01${"00000002"}c3bc`);
  });

  it("reads a null buffer as an empty one", () => {
    expect(new JuteReader(Buffer.from("ffffffff", "hex")).text()).toBe("");
  });

  it("refuses a record that ends too early", () => {
    const cut = new JuteWriter().text("twelve bytes").bytes().subarray(0, 8);
    expect(() => new JuteReader(cut).text()).toThrow(RangeError);
    expect(() => new JuteReader(Buffer.alloc(3)).int()).toThrow(RangeError);
    const endless = new JuteWriter().int(2 ** 30).bytes();
    const reader = new JuteReader(endless);
    expect(() => reader.vector(() => reader.int())).toThrow();
  });
});
