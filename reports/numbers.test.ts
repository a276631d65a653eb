import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMicros,
  formatShare,
  formatTickBytes,
  formatTickMicros,
} from "./numbers.ts";

const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("format", () => {
  it.each([
    [0, "0 µs"],
    [812.4, "812 µs"],
    [999.6, "1.00 ms"],
    [1_240, "1.24 ms"],
    [12_345, "12.3 ms"],
    [318_000, "318 ms"],
    [999_600, "1.00 s"],
    [1_320_000, "1.32 s"],
    [-484_132, "−484 ms"],
    [Number.NaN, "–"],
  ])("prints %d microseconds as %s", (micros, text) => {
    expect(plain(formatMicros(micros))).toBe(text);
  });

  it("prints an axis' round values without decimals", () => {
    expect([100, 2_000, 50_000, 1e6].map(formatTickMicros).map(plain)).toEqual([
      "100 µs",
      "2 ms",
      "50 ms",
      "1 s",
    ]);
  });

  it.each([
    [0.34, "340 ms"],
    [4.2, "4.2 s"],
    [60, "1 min"],
    [72, "1 min 12 s"],
    [3_725, "62 min 5 s"],
  ])("prints %d seconds as %s", (seconds, text) => {
    expect(plain(formatDuration(seconds))).toBe(text);
  });

  it("never prints a part as all, nor something as nothing", () => {
    expect([0, 0.0001, 0.42, 0.99999, 1].map(formatShare)).toEqual(["0%", "<0.1%", "42%", ">99.9%", "100%"]);
  });

  it("separates thousands", () => {
    expect(formatCount(14_982)).toBe("14,982");
  });

  it("prints bytes in powers of 1024", () => {
    expect([0, 512, 2 ** 20, 1.5 * 2 ** 30].map(formatBytes).map(plain)).toEqual([
      "0 B",
      "512 B",
      "1.00 MiB",
      "1.50 GiB",
    ]);
    expect(
      [0, 2 ** 20, 1.5 * 2 ** 30, 100 * 2 ** 20, 1.25 * 2 ** 10].map(formatTickBytes).map(plain),
    ).toEqual(["0 B", "1 MiB", "1.5 GiB", "100 MiB", "1.25 KiB"]);
  });
});
