import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** The command line of a Node process that runs a file of ours. */
export const typescriptCommand = (file: URL): string[] => [
  process.execPath,
  "--import",
  loader,
  fileURLToPath(file),
];
