import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { isLoopback, isOwnHost } from "./hosts.ts";

describe("isOwnHost()", () => {
  it.each(["127.0.0.1:8010", "127.0.0.1", "localhost:8010", "LOCALHOST", "[::1]:8010", "127.9.8.7:1"])(
    "accepts %s on loopback",
    (header) => {
      expect(isOwnHost(header, "127.0.0.1")).toBe(true);
    },
  );

  it.each([
    undefined,
    "",
    "evil.example:8010",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example@127.0.0.1",
    "127.0.0.1:8010:1",
    "10.0.0.7:8010",
    "[::1",
    "127.0.0.1/evil",
  ])("refuses %j on loopback", (header) => {
    expect(isOwnHost(header, "127.0.0.1")).toBe(false);
  });

  it("accepts addresses and the machine's own name where others may read, and no other name", () => {
    for (const header of ["10.0.0.7:8010", "[fe80::1]:8010", `${hostname()}:8010`, "bench.example:8010"])
      expect(isOwnHost(header, header.startsWith("bench") ? "bench.example" : "0.0.0.0")).toBe(true);
    expect(isOwnHost("evil.example:8010", "0.0.0.0")).toBe(false);
  });
});

it("isLoopback() knows what only this machine reaches", () => {
  expect(["127.0.0.1", "127.1.2.3", "::1", "localhost"].filter(isLoopback)).toHaveLength(4);
  expect(["0.0.0.0", "::", "10.0.0.1", "127.evil.example", ""].filter(isLoopback)).toEqual([]);
});
