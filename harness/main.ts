#!/usr/bin/env node
/** The command's process. */
import { ownVersion } from "../core/program/version.ts";

// Stack traces that name the sources take a while to prepare: whoever wants them asks.
if (process.env["ASSAY_STACK"] !== undefined) process.setSourceMapsEnabled(true);
if (["--version", "-V"].includes(process.argv[2] ?? "")) console.log(ownVersion);
else {
  const { main } = await import("./cli.ts");
  process.exitCode = await main(process.argv);
}
// Node 20 can spin endlessly when it tears down its handles at a natural end (seen after a run that had cut clients off):
// the command is done, so it ends itself, once what it wrote is out.
process.stdout.write("", () => process.exit());
