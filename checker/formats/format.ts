import type { History } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";

/** The text of a history, in pieces, so that no file is too long for a string; as characters or as UTF-8. */
export interface Source {
  /** The file's name, for messages. */
  readonly file: string;
  /** The first 64 KiB, by which the format is recognized. */
  readonly head: string;
  /** The whole text from its beginning, cut anywhere; may be read more than once. */
  pieces(): AsyncIterable<string>;
  /** The same as UTF-8. Nobody changes a chunk that was given out. */
  chunks(): AsyncIterable<Uint8Array>;
}

export interface FormatOptions {
  /**
   * What `:fail` of a CAS means: `no-effect` (nothing more is known, as in Jepsen) or `comparison` (it compared and found
   * another value, as in Jepsen's logs of 2014). Absent: what the format usually means.
   */
  readonly fail?: "no-effect" | "comparison";
}

export interface ReadHistory {
  readonly history: History;
  /** Whether a last line that was cut off has been dropped. */
  readonly truncated: boolean;
  /** How it was read, and what was left out and why: one phrase each, such as `failed cas: treated as without effect`. */
  readonly notes: readonly string[];
  /** The initial state, where the format has one that differs from ours; a user's `--initial` takes precedence. */
  readonly initial?: Json;
}

/** A file format for histories. */
export interface Format {
  readonly name: string;
  /** One line for the command line's help. */
  readonly summary: string;
  /** Whether a text that begins with `head` looks like it; asked in the order of the registry. */
  looksLike(head: string): boolean;
  /**
   * Reads the history. Malformed input is a UsageError that names file, line, what was expected and what was found; no
   * history is read in part.
   */
  read(source: Source, options?: FormatOptions): Promise<ReadHistory>;
}

const headLength = 64 * 1024;

/** A text in memory as a Source. */
export const textSource = (text: string, file: string): Source => ({
  file,
  head: text.slice(0, headLength),
  async *pieces() {
    yield text;
  },
  async *chunks() {
    yield new TextEncoder().encode(text);
  },
});
