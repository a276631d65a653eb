import { type Command, InvalidArgumentError } from "commander";
import type { Clock } from "../../../core/clock.ts";
import { processOutput } from "../output.ts";
import { endOnSignals } from "../signals.ts";
import type { ServeOptions } from "./serve.ts";

/** Declares `assay serve`. */
export function addServe(assay: Command, clock: Clock): void {
  assay
    .command("serve")
    .description("list runs in a browser, open and compare their reports, and follow runs that are going on")
    .option("--results <dir>", "directory that holds the runs", "results")
    .option("--port <number>", "port to listen on; 0: any that is free", portNumber, 8_010)
    .option(
      "--host <address>",
      "address to listen on; others than loopback let other machines read",
      "127.0.0.1",
    )
    .option("--json", "print one JSON object on stdout and nothing else", false)
    .action(async ({ json, ...options }: ServeOptions & { readonly json: boolean }) => {
      const ending = endOnSignals(() => {});
      const { serve } = await import("./serve.ts");
      await serve(options, { clock, output: processOutput(json), signal: ending.signal });
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("expected a port: a whole number from 0 to 65535.");
  return port;
}
