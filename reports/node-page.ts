import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** Inline script, with the hash by which the page's policy allows it. */
export interface Script {
  readonly code: string;
  readonly hash: string;
}

/** Browser code and styles of a page, each bundled into one piece. */
export interface PageAssets {
  /** Runs before anything is painted. */
  readonly early: Script;
  /** Runs at the end of the page. */
  readonly main: Script;
  readonly css: string;
}

let assets: PageAssets | undefined;

/** Bundles `page/` from its sources. A build of Assay does this once, and contains the result instead of this module. */
export function pageAssets(): PageAssets {
  assets ??= { early: script("early.ts"), main: script("main.ts"), css: bundle("style.css") };
  return assets;
}

const page = new URL("./page/", import.meta.url);

function script(file: string): Script {
  const code = bundle(file);
  return { code, hash: createHash("sha256").update(code).digest("base64") };
}

function bundle(file: string): string {
  const [output] = buildSync({
    entryPoints: [fileURLToPath(new URL(file, page))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020"],
    charset: "utf8",
    logLevel: "silent",
  }).outputFiles;
  // The hash covers exactly the bytes between the tags: drop the line end that the bundler adds.
  return (output?.text ?? "").trim();
}
