import { describe, expect, it } from "vitest";
import { testRun } from "../testing/run.ts";
import { Payload } from "./payload.ts";

const payload = (options: Record<string, number> = {}) => new Payload(testRun({ options }));

describe("the keys and values of records", () => {
  it("are as large as was asked for", () => {
    for (const size of [16, 256, 1024, 100_000]) {
      const sized = payload({ "value-size": size, "key-size": 64 });
      for (const number of [1, 17, 123_456, 4 * 10 ** 8])
        expect(Buffer.byteLength(sized.value(number))).toBe(size);
      expect(Buffer.byteLength(sized.key("k000000000017"))).toBe(64);
    }
  });

  it("come back in their short form", () => {
    for (const size of [1, 16, 300, 70_000]) {
      const sized = payload({ "value-size": size });
      for (const number of [1, 99, 1_000_000]) expect(sized.shortValue(sized.value(number))).toBe(number);
    }
    expect(payload().shortValue(undefined)).toBe(null);
    expect(payload().shortKey(payload().key("assay-1-k7"))).toBe("assay-1-k7");
  });

  it("are never shorter than what tells them apart", () => {
    expect(payload({ "value-size": 1 }).value(12_345)).toBe("12345");
    expect(payload({ "key-size": 1 }).key("k000000000017")).toBe("k000000000017");
  });

  it("have letters that belong to their number, so that a mix of two values is noticed", () => {
    const { value } = payloadOf(64);
    const [a, b] = [value(1), value(2)];
    expect(a.slice(10)).not.toBe(b.slice(10));
    expect(payloadOf(64).shortValue(`${a.slice(0, 40)}${b.slice(40)}`)).toBe(
      "1 with wrong contents from byte 41",
    );
  });

  it("are described where they are not what was written, for a checker to refuse", () => {
    const { value, shortValue } = payloadOf(64);
    expect(shortValue(value(7).slice(0, 60))).toBe(
      "7 with wrong contents from byte 61, 60 bytes instead of 64",
    );
    expect(shortValue(`${value(7)}x`)).toBe("7 with wrong contents from byte 65, 65 bytes instead of 64");
    expect(shortValue("")).toBe('"", which nobody wrote');
    expect(shortValue("hello")).toBe('"hello", which nobody wrote');
  });
});

function payloadOf(size: number) {
  const sized = payload({ "value-size": size });
  return {
    value: (number: number) => sized.value(number),
    shortValue: (text: string) => sized.shortValue(text),
  };
}
