import type { History } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";

/** The text of a history, in pieces, so that no file is too long for a string. */
export interface Source {
  /** The file's name, for messages. */
  readonly file: string;
  /** The first 64 KiB: the format is recognized by it. */
  readonly head: string;
  /** The whole text from its beginning, cut anywhere; may be asked for more than once. */
  pieces(): AsyncIterable<string>;
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
  /** How it was read, and what was left out and why: a phrase each, such as `fail of cas: taken as never took place`. */
  readonly notes: readonly string[];
  /** The initial state where the form has one that is not ours: a user's `--initial` goes before it. */
  readonly initial?: Json;
}

/** A way in which somebody wrote a history down. */
export interface Format {
  readonly name: string;
  /** One line for the command line's help. */
  readonly summary: string;
  /** Whether a text that begins with `head` looks like it; asked in the order of the registry. */
  looksLike(head: string): boolean;
  /**
   * Reads the history. Malformed input is a UsageError that names file, line, what was expected and what was met; nothing
   * is half read.
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
});
