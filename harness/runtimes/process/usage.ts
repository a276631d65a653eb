import type { Dirent, Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Usage } from "../runtime.ts";
import { linuxProcess } from "./identity.ts";

/** Usage of a process and its data directory; undefined if the system has no /proc or the process is gone. */
export async function processUsage(pid: number, dataDir: string): Promise<Usage | undefined> {
  const facts = linuxProcess(pid);
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const residentKb = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (facts === undefined || residentKb === undefined) return undefined;
  const [networkBytes, writtenBytes] = await Promise.all([ownNetworkBytes(pid), bytesWrittenBy(pid)]);
  return {
    cpuSeconds: facts.cpuSeconds,
    memoryBytes: Number(residentKb) * 1024,
    diskBytes: await allocatedBytes(dataDir),
    ...(writtenBytes !== undefined && { writtenBytes }),
    ...(networkBytes !== undefined && { networkBytes }),
  };
}

/** Undefined if the kernel does not say, or not to this user. */
async function bytesWrittenBy(pid: number): Promise<number | undefined> {
  const io = await readFile(`/proc/${pid}/io`, "utf8").catch(() => "");
  const bytes = /^write_bytes: (\d+)$/m.exec(io)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

/** Bytes sent and received in the network namespace of a process; undefined if it has none of its own. */
async function ownNetworkBytes(pid: number): Promise<number | undefined> {
  try {
    const [its, ours] = await Promise.all(
      [`/proc/${pid}/ns/net`, "/proc/self/ns/net"].map((path) => readlink(path)),
    );
    return its === ours ? undefined : interfaceBytes(await readFile(`/proc/${pid}/net/dev`, "utf8"));
  } catch {
    return undefined;
  }
}

/** Sum over the interfaces in `/proc/net/dev`, except the loopback; the first column is what was received, the ninth what was sent. */
export const interfaceBytes = (text: string): number =>
  [...text.matchAll(/^\s*(\S+):\s*(.*)$/gm)]
    .filter(([, name]) => name !== "lo")
    .map(([, , columns = ""]) => columns.split(/\s+/).map(Number))
    .reduce((sum, columns) => sum + (columns[0] ?? 0) + (columns[8] ?? 0), 0);

/** Bytes that the files below `directory` occupy; files that vanish meanwhile count for nothing. */
async function allocatedBytes(directory: string): Promise<number> {
  const entries: Dirent[] = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return await allocatedBytes(path);
      const stats: Stats | undefined = await lstat(path).catch(() => undefined);
      // A block is 512 bytes here whatever the file system's own are.
      return (stats?.blocks ?? 0) * 512;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
