import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { jepsenEdnLines } from "../../checker/formats/edn/jepsen-edn-writer.ts";
import { UsageError } from "../../core/errors.ts";
import type { History } from "../../core/history.ts";
import { readRun } from "../record/node-store.ts";
import { lookUp } from "./options/arguments.ts";
import type { Output } from "./output.ts";

export interface ExportOptions {
  readonly format: string;
  /** Default: stdout. */
  readonly out?: string;
}

/** Export formats by name. Each yields the lines of a history, with line ends. */
export const exportFormats: Readonly<Record<string, (history: History) => Iterable<string>>> = {
  "jepsen-edn": jepsenEdnLines,
};

/** `assay export DIR`: writes the history of a stored run in a format that other checkers read. */
export async function exportRun(dir: string, { format, out }: ExportOptions, output: Output): Promise<void> {
  const write = lookUp(exportFormats, format, "format");
  if (output.json && out === undefined)
    throw new UsageError(
      "--json prints its result on stdout, where the history would go: choose a file with --out",
    );
  const { history } = await readRun(dir);
  const lines = Readable.from(write(history));
  if (out === undefined) {
    for await (const line of lines) output.print((line as string).trimEnd());
    return;
  }
  if (await isDirectory(out))
    throw new UsageError(`${out} is a directory: name a file in it, such as ${join(out, "history.edn")}`);
  await pipeline(lines, createWriteStream(out)).catch((reason: Error) => {
    throw new UsageError(`cannot write ${out}: ${reason.message}`);
  });
  output.print(out);
  output.result({ file: out, format, events: history.length });
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
