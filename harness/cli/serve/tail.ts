/** Reads what is appended to a file of lines. */
import { openPlaced, type PlacedFile } from "./results-folder.ts";

const pieceBytes = 1 << 20;
/** Pieces that are read at a time, so that a long file is shown while it is read. */
const mostPieces = 16;

export class Tail {
  #at = 0;
  /** The begin of a line whose end is not written yet. */
  #rest: Buffer = Buffer.alloc(0);

  /** Passes on whole lines that are new. Resolves with whether there are more to read at once. */
  async read(file: PlacedFile, line: (text: string) => void): Promise<boolean> {
    if (file.bytes <= this.#at) return false;
    const handle = await openPlaced(file);
    try {
      for (let piece = 0; piece < mostPieces; piece++) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(pieceBytes), 0, pieceBytes, this.#at);
        if (bytesRead === 0) return false;
        this.#at += bytesRead;
        this.#split(buffer.subarray(0, bytesRead), line);
      }
      return true;
    } finally {
      await handle.close();
    }
  }

  #split(bytes: Buffer, line: (text: string) => void): void {
    const text = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = text.lastIndexOf(0x0a) + 1;
    this.#rest = Buffer.from(text.subarray(end));
    for (const one of text.toString("utf8", 0, end).split("\n")) if (one !== "") line(one);
  }
}
