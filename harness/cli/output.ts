import pc from "picocolors";
import type { VerdictKind } from "../../core/verdict.ts";

/** Where a command speaks: results on stdout, everything else on stderr. */
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

let resultPrinted = false;

/** Whether stdout has the object of `--json`: there is only one. */
export const resultIsOut = (): boolean => resultPrinted;

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
      if (!json) process.stdout.write(`${line}\n`);
    },
    result(value) {
      clearLive();
      if (!json) return;
      process.stdout.write(`${JSON.stringify(value)}\n`);
      resultPrinted = true;
    },
    note(line) {
      clearLive();
      process.stderr.write(`${line}\n`);
    },
    live(line) {
      if (!terminal) return;
      const width = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[2K${line.length >= width ? `${line.slice(0, width - 2)}…` : line}`);
      liveShown = true;
    },
  };
}

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
