import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** A piece of code to be put into a page, with the hash by which the page's policy lets it run. */
export interface Script {
  readonly code: string;
  readonly hash: string;
}

/** The browser's side of a page, each piece one file without imports. */
export interface PageAssets {
  /** Runs before anything is painted. */
  readonly early: Script;
  /** Runs at the page's end. */
  readonly main: Script;
  readonly css: string;
}

let assets: PageAssets | undefined;

/** Bundles `page/` from its sources: there is no build step, and what is tested is what is shipped. */
export function pageAssets(): PageAssets {
  assets ??= { early: script("early.ts"), main: script("main.ts"), css: bundle("style.css") };
  return assets;
}

function script(file: string): Script {
  const code = bundle(file);
  return { code, hash: createHash("sha256").update(code).digest("base64") };
}

function bundle(file: string): string {
  const [output] = buildSync({
    entryPoints: [fileURLToPath(new URL(`./page/${file}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020"],
    charset: "utf8",
    logLevel: "silent",
  }).outputFiles;
  // The hash is of what stands between the tags, to the byte: no line's end of the bundler's.
  return (output?.text ?? "").trim();
}
