import { fileURLToPath } from "node:url";

/**
 * The command line of a process that runs another program of Assay. `program`: always written as
 * `new URL("…", import.meta.url)`, which the build lets lead to the built program (build/programs.mjs lists them). A script that
 * runs from source, outside of a build, starts it from source.
 */
export function programCommand(program: URL): string[] {
  const file = fileURLToPath(program);
  if (file.endsWith(".ts")) return [process.execPath, "--import", import.meta.resolve("tsx"), file];
  const maps = process.env["ASSAY_STACK"] === undefined ? [] : ["--enable-source-maps"];
  return [process.execPath, ...maps, file];
}
