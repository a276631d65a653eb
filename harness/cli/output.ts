import pc from "picocolors";
import { printable } from "../../core/printable.ts";
import type { VerdictKind } from "../../core/verdict.ts";

/**
 * Where a command speaks: results on stdout, everything else on stderr. Control characters that a line got from elsewhere
 * (a history, a system's log) are written as their escapes.
 */
export interface Output {
  /** One JSON object is all that stdout gets. */
  readonly json: boolean;
  /** A line for people on stdout; nothing under `--json`. */
  print(line?: string): void;
  /** The command's result: printed as JSON under `--json`. */
  result(value: unknown): void;
  /** A lasting line of progress on stderr. */
  note(line: string): void;
  /** The live line of a terminal, overwritten by the next; nothing where stderr is not a terminal. */
  live(line: string): void;
}

let results = 0;

/** How many objects of `--json` are on stdout: a command prints one. */
export const resultsPrinted = (): number => results;

/** The process' own streams. */
export function processOutput(json: boolean): Output {
  const terminal = process.stderr.isTTY === true;
  let liveShown = false;
  const clearLive = () => {
    if (liveShown) process.stderr.write("\r\x1b[2K");
    liveShown = false;
  };
  return {
    json,
    print(line = "") {
      clearLive();
      if (!json) process.stdout.write(`${shown(line)}\n`);
    },
    result(value) {
      clearLive();
      if (!json) return;
      process.stdout.write(`${jsonLine(value)}\n`);
      results++;
    },
    note(line) {
      clearLive();
      process.stderr.write(`${shown(line)}\n`);
    },
    live(text) {
      if (!terminal) return;
      const line = printable(text);
      const width = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[2K${line.length >= width ? `${line.slice(0, width - 2)}…` : line}`);
      liveShown = true;
    },
  };
}

/** The colours that commands paint with; no other escape sequence reaches a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const paint = /(\x1b\[(?:1|2|22|31|32|33|39)m)/;

/** A line, or several, with everything but line ends and colours escaped. */
export const shown = (line: string): string =>
  line
    .split(paint)
    .map((part, i) => (i % 2 === 1 ? part : printable(part, "\n\t")))
    .join("");

/** JSON leaves DEL and the upper control characters as they are, which some terminals obey. */
const jsonLine = (value: unknown): string => printable(JSON.stringify(value));

export function paintVerdict(kind: VerdictKind): string {
  const paint = { valid: pc.green, unknown: pc.yellow, invalid: pc.red }[kind];
  return paint(pc.bold(kind));
}

/** Rows under a header, columns padded to their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => visible(row[i] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - visible(cell))))
      .join("  ")
      .trimEnd();
  return [pc.dim(line(header)), ...rows.map(line)].join("\n");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal are what is not visible
const visible = (text: string): number => text.replace(/\x1b\[\d+m/g, "").length;
