import type { Source } from "./format.ts";

/** The pieces of a source without the byte order mark that some editors put first, and without empty ones. */
export async function* piecesOf(source: Source): AsyncIterable<string> {
  let isFirst = true;
  for await (const piece of source.pieces()) {
    const text = isFirst ? piece.replace(/^\uFEFF/, "") : piece;
    if (piece !== "") isFirst = false;
    if (text !== "") yield text;
  }
}

/**
 * Calls `each` for every line of a source, without its end, with its number from 1. `isCut`: the last line has no end.
 * A file that ends with a line's end has no further, empty line.
 */
export async function eachLine(
  source: Source,
  each: (line: string, number: number, isCut: boolean) => void,
): Promise<void> {
  let rest = "";
  let number = 1;
  for await (const piece of piecesOf(source)) {
    const lines = piece.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() as string;
    for (const line of lines) each(line.endsWith("\r") ? line.slice(0, -1) : line, number++, false);
  }
  if (rest !== "") each(rest, number, true);
}
