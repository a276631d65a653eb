// Bundles the programs into a directory, together with the packages that they use.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { evaluated, libraries, programs, root } from "./programs.mjs";
import { rewriteUrls } from "./urls.mjs";

/** What packages in CommonJS use and an ES module does not have. */
const banner = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "node20",
  minifyWhitespace: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  legalComments: "none",
  logLevel: "silent",
};
/** Optional binaries of ssh2, which a Docker client over SSH would be faster with. */
const optional = ["cpu-features", "*.node"];

/**
 * Writes a build into `directory`: one file for each name, and chunks that they share.
 * @param {string} directory
 * @param {Readonly<Record<string, string>>} more programs in addition to those of the package
 * @returns {Promise<string[]>} the files that the build is made of, by their paths from the project's root
 */
export async function bundle(directory, more = {}) {
  const all = { ...programs, ...more };
  const { server, ...sharing } = all;
  const plugins = [await evaluation(), moving(directory, all)];
  /** @type {import("esbuild").BuildOptions} */
  const node = {
    ...common,
    outdir: directory,
    platform: "node",
    banner: { js: banner },
    external: optional,
    plugins,
  };
  const built = await Promise.all([
    build({ ...node, entryPoints: sharing, splitting: true, chunkNames: "[name]-[hash]" }),
    build({ ...node, entryPoints: { server } }),
    build({ ...common, outdir: directory, platform: "neutral", entryPoints: libraries }),
  ]);
  return [...new Set(built.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {})))];
}

/**
 * Lets references to files lead where the files are, seen from the bundle.
 * @param {string} directory
 * @param {Readonly<Record<string, string>>} names
 * @returns {import("esbuild").Plugin}
 */
function moving(directory, names) {
  const programOf = new Map(Object.entries(names).map(([name, source]) => [source, `./${name}.js`]));
  const toRoot = relative(directory, root);
  return {
    name: "moving",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path.includes("node_modules")) return undefined;
        const code = await readFile(path, "utf8");
        const contents = rewriteUrls(code, path, (target) => {
          const url = programOf.get(target) ?? `${toRoot}/${target}`;
          if (url.endsWith(".ts"))
            throw new Error(`${relative(root, path)} refers to ${target}: list it in build/programs.mjs`);
          return `new URL(${JSON.stringify(url)}, import.meta.url)`;
        });
        return { contents, loader: "ts" };
      });
    },
  };
}

/**
 * Replaces each function of the modules that are evaluated by its result.
 * @returns {Promise<import("esbuild").Plugin>}
 */
async function evaluation() {
  const modules = new Map(
    await Promise.all(
      evaluated.map(async (source) => /** @type {const} */ ([join(root, source), await evaluate(source)])),
    ),
  );
  return {
    name: "evaluation",
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]node-[^/\\]+\.ts$/ }, ({ path }) => {
        const contents = modules.get(path);
        return contents === undefined ? undefined : { contents, loader: "js" };
      });
    },
  };
}

/**
 * @param {string} source
 * @returns {Promise<string>} a module that exports functions with the same results
 */
async function evaluate(source) {
  const here = join(root, source);
  const { outputFiles } = await build({
    ...common,
    entryPoints: [here],
    packages: "external",
    platform: "node",
    sourcemap: false,
    write: false,
    define: { "import.meta.url": JSON.stringify(pathToFileURL(here).href) },
  });
  // Below the project, so that its packages are found; one for each module, as they are evaluated at the same time.
  const name = source.replaceAll("/", "-");
  const scratch = join(root, "node_modules/.cache/assay", `evaluated-${process.pid}-${name}`);
  await mkdir(scratch, { recursive: true });
  try {
    const file = join(scratch, `${name}.mjs`);
    await writeFile(file, outputFiles[0]?.text ?? "");
    const exports = Object.entries(await import(pathToFileURL(file).href));
    return exports
      .map(([called, compute]) => {
        const json = JSON.stringify(JSON.stringify(compute()));
        return `let ${called}Result; export const ${called} = () => (${called}Result ??= JSON.parse(${json}));`;
      })
      .join("\n");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
