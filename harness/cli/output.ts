import pc from "picocolors";
import { printable } from "../../core/printable.ts";
import type { VerdictKind } from "../../core/verdict.ts";

/**
 * Output of a command: results on stdout, everything else on stderr. Control characters in foreign text (a history, a
 * system's log) are escaped.
 */
export interface Output {
  /** Whether stdout receives one JSON object and nothing else. */
  readonly json: boolean;
  /** Prints a line for people on stdout; nothing under `--json`. */
  print(line?: string): void;
  /** Prints the result of the command as JSON, under `--json` only. */
  result(value: unknown): void;
  /** Prints a permanent line on stderr. */
  note(line: string): void;
  /** Shows a line on stderr that the next one overwrites; nothing if stderr is not a terminal. */
  live(line: string): void;
}

let results = 0;

/** How many objects of `--json` are on stdout: a command prints one. */
export const resultsPrinted = (): number => results;

let outlivesReaders = false;

/** From now on a reader that goes away (`assay bench | head -4`) ends nothing: what it would have read is dropped. */
export function outliveReaders(): void {
  if (outlivesReaders) return;
  outlivesReaders = true;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (reason: NodeJS.ErrnoException) => {
      if (reason.code !== "EPIPE") throw reason;
    });
}

/** Where lines for people go: a terminal, a pipe or a file. */
type Screen = Pick<NodeJS.WriteStream, "write" | "columns" | "isTTY">;

/** Writes to the streams of this process. */
export function processOutput(json: boolean, screen: Screen = process.stderr): Output {
  const terminal = screen.isTTY === true;
  let liveShown = false;
  const clearLive = () => {
    if (liveShown) screen.write("\r\x1b[2K");
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
      screen.write(`${shown(line)}\n`);
    },
    live(text) {
      if (!terminal) return;
      const line = printable(text);
      const width = screen.columns || 80;
      screen.write(`\r\x1b[2K${line.length >= width ? `${line.slice(0, width - 2)}…` : line}`);
      liveShown = true;
    },
  };
}

/** Colours that commands use; no other escape sequence reaches a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const paint = /(\x1b\[(?:1|2|22|31|32|33|39)m)/;

/** Escapes all control characters but line ends, tabs and colours. */
export const shown = (line: string): string =>
  line
    .split(paint)
    .map((part, i) => (i % 2 === 1 ? part : printable(part, "\n\t")))
    .join("");

/** JSON does not escape DEL and the C1 control characters, which some terminals obey. */
const jsonLine = (value: unknown): string => printable(JSON.stringify(value));

export function paintVerdict(kind: VerdictKind): string {
  const paint = { valid: pc.green, unknown: pc.yellow, invalid: pc.red }[kind];
  return paint(pc.bold(kind));
}

/** Formats rows under a header, with columns padded to their widest cell. */
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
