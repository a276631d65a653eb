import { describe, expect, it } from "vitest";
import { interfaceBytes } from "./usage.ts";

describe("interfaceBytes()", () => {
  it("adds what each interface received and sent, and leaves the loopback out", () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    9000      10    0    0    0     0          0         0     9000      10    0    0    0     0       0          0
  eth0: 1000       5    0    0    0     0          0         0      200       4    0    0    0     0       0          0
  eth1:30 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0
`;
    expect(interfaceBytes(text)).toBe(1_234);
  });

  it("is 0 without interfaces", () => expect(interfaceBytes("")).toBe(0));
});
