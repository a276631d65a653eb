import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, MalformedError } from "./bytes.ts";

describe("the byte writer and reader", () => {
  it("give back every whole number, byte string and boolean", () => {
    const item = fc.oneof(fc.maxSafeNat(), fc.uint8Array({ maxLength: 600 }), fc.boolean(), fc.string());
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const writer = new ByteWriter(1);
        for (const value of items) {
          if (typeof value === "number") writer.varint(value);
          else if (typeof value === "boolean") writer.boolean(value);
          else if (typeof value === "string") writer.text(value);
          else writer.bytes(value);
        }
        const reader = new ByteReader(writer.finish());
        for (const value of items) {
          if (typeof value === "number") expect(reader.varint()).toBe(value);
          else if (typeof value === "boolean") expect(reader.boolean()).toBe(value);
          else if (typeof value === "string") expect(reader.text()).toBe(value);
          else expect([...reader.bytes()]).toEqual([...value]);
        }
        reader.end();
      }),
    );
  });

  it("refuse lengths and counts that the bytes cannot hold, and numbers that a double cannot", () => {
    const of = (...bytes: number[]) => new ByteReader(Uint8Array.from(bytes));
    expect(() => of(5, 1).bytes()).toThrow(MalformedError);
    expect(() => of(100).count(1)).toThrow(MalformedError);
    expect(() => of(0xff, 0xff).varint()).toThrow(MalformedError);
    expect(() => of(...Array(7).fill(0xff), 0x7f).varint()).toThrow(MalformedError);
    expect(() => of(2).boolean()).toThrow(MalformedError);
    expect(() => of(1).end()).toThrow(MalformedError);
  });
});
