import { spawn } from "node:child_process";
import { CouldNotRunError } from "../../../core/errors.ts";

export interface RunOptions {
  /** Text for its standard input. */
  readonly input?: string;
  /** Milliseconds after which the command is killed. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end; resolves with its standard output. Rejects with CouldNotRunError. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [command = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], timeout: options.timeoutMs });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.once("error", (cause) =>
      reject(new CouldNotRunError(`cannot start ${command}: ${cause.message}`, { cause })),
    );
    child.once("close", (status, signal) => {
      if (status === 0) resolve(output);
      else
        reject(
          new CouldNotRunError(
            `${argv.join(" ")} ended with ${signal ?? status}: ${errors.trim() || output.trim()}`,
          ),
        );
    });
    // It may end without reading its input; its exit status shows that.
    child.stdin.on("error", () => {}).end(options.input ?? "");
  });
}

/** Runs a command in some place; resolves with its standard output, rejects with CouldNotRunError. */
export type Exec = (argv: readonly string[]) => Promise<string>;

/** Whether the command ends with status 0. */
export const succeeds = (argv: readonly string[]): Promise<boolean> =>
  run(argv).then(
    () => true,
    () => false,
  );
