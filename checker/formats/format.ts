import type { History } from "../../core/history.ts";

/** A way in which somebody wrote a history down. */
export interface Format {
  readonly name: string;
  /** One line for the command line's help. */
  readonly summary: string;
  /** Whether the text looks like it; asked in the order of the registry. */
  looksLike(text: string): boolean;
  /**
   * The history. `file` is for messages: malformed input is a UsageError that names file, line and what was expected,
   * and nothing is half read.
   */
  parse(text: string, file: string): History;
  /** Whether `parse` drops a last line that was cut off; absent: it never does. */
  isTruncated?(text: string): boolean;
}
