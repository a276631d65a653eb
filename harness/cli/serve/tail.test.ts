import { appendFile, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Tail } from "./tail.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-tail-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function linesOf(tail: Tail, path: string): Promise<string[]> {
  const lines: string[] = [];
  const { size, mtime } = await stat(path);
  const file = { path, bytes: size, writtenAt: mtime };
  while (await tail.read(file, (line) => lines.push(line)));
  return lines;
}

it("reads each line once it is whole, wherever writes were cut", async () => {
  const path = join(root, "part.jsonl");
  const text = Buffer.from('{"a":1}\n{"ü€😀":2}\n\n{"b":3}\n');
  for (let cut = 0; cut <= text.length; cut++) {
    const tail = new Tail();
    await writeFile(path, text.subarray(0, cut));
    const first = await linesOf(tail, path);
    await appendFile(path, text.subarray(cut));
    expect([...first, ...(await linesOf(tail, path))]).toEqual(['{"a":1}', '{"ü€😀":2}', '{"b":3}']);
    expect(await linesOf(tail, path)).toEqual([]);
  }
});

it("reads files of many pieces", async () => {
  const path = join(root, "part.jsonl");
  const line = "x".repeat(999);
  await writeFile(path, `${line}\n`.repeat(20_000));
  const lines = await linesOf(new Tail(), path);
  expect(lines).toHaveLength(20_000);
  expect(new Set(lines)).toEqual(new Set([line]));
});

it("follows no link that took the file's place", async () => {
  await writeFile(join(root, "precious"), "precious\n");
  await symlink("precious", join(root, "part.jsonl"));
  await expect(linesOf(new Tail(), join(root, "part.jsonl"))).rejects.toThrow("ELOOP");
});
