import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { interfaceBytes, processUsage } from "./usage.ts";

/** The type of a file system that is in memory, where nothing is written to storage. */
const tmpfs = 0x01021994;

describe.runIf(process.platform === "linux" && statfsSync(".").type !== tmpfs)("processUsage()", () => {
  it("counts what the process has written, also over what it had written before", async () => {
    mkdirSync("results", { recursive: true });
    const directory = mkdtempSync(join("results", "usage-"));
    try {
      const before = await processUsage(process.pid, directory);
      for (const byte of [1, 2])
        writeFileSync(join(directory, "data"), Buffer.alloc(1 << 20, byte), { flush: true });
      const after = await processUsage(process.pid, directory);
      expect((after?.writtenBytes ?? 0) - (before?.writtenBytes ?? 0)).toBeGreaterThanOrEqual(2 << 20);
      expect(after?.diskBytes).toBeLessThan(2 << 20);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

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
