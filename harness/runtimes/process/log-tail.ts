import { open } from "node:fs/promises";
import { lines } from "../../lines.ts";

const logTailBytes = 64 << 10;

/** The last lines of a file that hold anything; none if there is no such file. */
export async function logTail(path: string, count: number): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return "";
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - logTailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return lines(buffer.toString("utf8", 0, bytesRead))
      .slice(-count)
      .join("\n");
  } finally {
    await file.close();
  }
}
