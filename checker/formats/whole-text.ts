import type { Source } from "./format.ts";

/** The pieces of a source as one text, without the byte order mark that some editors put first. */
export async function wholeText(source: Source): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of source.pieces()) pieces.push(piece);
  return pieces.join("").replace(/^\uFEFF/, "");
}
