// Tests start programs as they are shipped: built. Starting from source, each takes a second longer.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { programs, root, testPrograms } from "./programs.mjs";
import { rewriteUrls } from "./urls.mjs";

const nameOf = new Map(
  Object.entries({ ...programs, ...testPrograms }).map(([name, source]) => [source, `${name}.js`]),
);

/**
 * Lets references to programs lead to a build, which is made when the first is met.
 * @returns {import("vitest/config").Plugin}
 */
export function builtPrograms() {
  /** @type {Promise<{ stdout: string }> | undefined} */
  let build;
  return {
    name: "built-programs",
    enforce: "pre",
    async transform(code, file) {
      if (!code.includes("import.meta.url") || file.includes("node_modules")) return undefined;
      const refers = new Set();
      rewriteUrls(code, file, (target) => void refers.add(target));
      if (![...refers].some((target) => nameOf.has(target))) return undefined;
      // In a process of its own: what loads this file may load nothing more once the tests have begun.
      build ??= promisify(execFile)(process.execPath, [join(root, "build/print.mjs")]);
      const { stdout: directory } = await build;
      return rewriteUrls(code, file, (target) => {
        const name = nameOf.get(target);
        return name && `new URL(${JSON.stringify(pathToFileURL(join(directory, name)).href)})`;
      });
    },
  };
}
