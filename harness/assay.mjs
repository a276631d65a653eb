#!/usr/bin/env node
// The command: loads TypeScript as it is, so that a clone runs without a build.
import { register } from "tsx/esm/api";

register();
const { main } = await import("./cli.ts");
process.exitCode = await main(process.argv);
// Node 20 can spin endlessly when it tears down its handles at a natural end (seen after a run that had cut clients off):
// the command is done, so it ends itself, once what it wrote is out.
process.stdout.write("", () => process.exit());
