import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { type FileSourceOptions, fileSource } from "./file-source.ts";

describe("a file as a source", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-source-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function stored(content: string | Buffer): Promise<string> {
    const file = join(dir, "history");
    await writeFile(file, content);
    return file;
  }

  async function readAll(file: string, options?: FileSourceOptions) {
    const source = await fileSource(file, options);
    const pieces: string[] = [];
    for await (const piece of source.pieces()) pieces.push(piece);
    return { head: source.head, pieces, text: pieces.join("") };
  }

  const text = `${"käse 🧀\n".repeat(10_000)}end`;

  it("gives the whole text by pieces, whatever character a piece is cut in, and again", async () => {
    const file = await stored(text);
    for (const pieceBytes of [7, 1000]) {
      const { pieces, text: read } = await readAll(file, { pieceBytes });
      expect(read === text).toBe(true);
      expect(pieces.length).toBeGreaterThan(100);
    }
    const source = await fileSource(file);
    for (let i = 0; i < 2; i++) {
      let length = 0;
      for await (const piece of source.pieces()) length += piece.length;
      expect(length).toBe(text.length);
    }
  });

  it("has a head of 64 KiB, and less of a short file", async () => {
    expect((await readAll(await stored(text))).head).toBe(text.slice(0, 64 * 1024));
    expect(await readAll(await stored("x"))).toMatchObject({ head: "x", text: "x" });
    expect(await readAll(await stored(""))).toMatchObject({ head: "", text: "" });
  });

  it("drops the byte order mark that some editors put first", async () => {
    expect(await readAll(await stored("\uFEFFx"))).toMatchObject({ head: "x", text: "x" });
  });

  it("unpacks gzip, whatever the file is called", async () => {
    const { head, text: read } = await readAll(await stored(gzipSync(text)), { pieceBytes: 100 });
    expect(read === text).toBe(true);
    expect(head).toBe(text.slice(0, 64 * 1024));
  });

  it.each([
    [
      "is packed otherwise",
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]),
      /history is compressed with zstd, but only gzip/,
    ],
    ["is cut off", gzipSync(text).subarray(0, 200), /cannot read .*history: unexpected end of file/],
    [
      "is not UTF-8",
      Buffer.from("\uFEFF{}", "utf16le"),
      /history: expected UTF-8, got invalid bytes after byte 0/,
    ],
    [
      "ends in the middle of a UTF-8 character",
      Buffer.from("🧀").subarray(0, 2),
      /history: ends in the middle of a UTF-8 character/,
    ],
  ])("refuses a file that %s", async (_, content, message) => {
    const refused = expect(readAll(await stored(content))).rejects;
    await refused.toThrow(UsageError);
    await refused.toThrow(message);
  });

  it("refuses a file that is not there, or is a directory", async () => {
    await expect(fileSource(join(dir, "none"))).rejects.toThrow(/cannot read .*none: ENOENT/);
    await expect(fileSource(dir)).rejects.toThrow(UsageError);
  });

  it("has each piece looked after", async () => {
    const looked: number[] = [];
    await readAll(await stored("abcdef"), {
      pieceBytes: 4,
      guard: { look: (_, bytes) => looked.push(bytes) },
    });
    expect(looked).toEqual(expect.arrayContaining([4, 6]));
  });
});
