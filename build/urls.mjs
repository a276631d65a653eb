// Files that a module refers to by `new URL("…", import.meta.url)`: other programs and assets, which a bundle moves.
import { dirname, relative, resolve } from "node:path";
import { root } from "./programs.mjs";

const reference = /new URL\(\s*"([^"\n]+)"\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Rewrites the references in the code of a module.
 * @param {string} code
 * @param {string} file where the code is from
 * @param {(target: string) => string | undefined} move the new expression for a file (by its path from the project's root, "" for
 *   the root itself); undefined keeps the old one
 * @returns {string}
 */
export function rewriteUrls(code, file, move) {
  return code.replace(reference, (whole, path) => {
    const target = relative(root, resolve(dirname(file), path));
    const slash = path.endsWith("/") && target !== "" ? "/" : "";
    return move(`${target}${slash}`) ?? whole;
  });
}
