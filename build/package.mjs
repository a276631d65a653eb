// Writes dist/, which the package is made of: the bundle, the types of its libraries, and the licences of the packages in it.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { root } from "./programs.mjs";

const dist = join(root, "dist");
// As deep as dist/ itself, so that references to files lead to the same places from there.
const draft = join(root, `dist.${process.pid}`);
try {
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "build/types.json", "--outDir", join(draft, "types")];
  const [inputs] = await Promise.all([
    bundle(draft),
    promisify(execFile)(process.execPath, tsc, { cwd: root }),
  ]);
  writeFileSync(join(draft, "LICENSES.md"), licences(packagesOf(inputs)));
  rmSync(dist, { recursive: true, force: true });
  renameSync(draft, dist);
} finally {
  rmSync(draft, { recursive: true, force: true });
}

/**
 * @param {readonly string[]} files
 * @returns {string[]} directories of packages
 */
function packagesOf(files) {
  const found = files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(found)].sort();
}

/** @param {readonly string[]} packages */
function licences(packages) {
  const sections = packages.map((directory) => {
    const { name, version, license, author } = JSON.parse(
      readFileSync(join(root, directory, "package.json"), "utf8"),
    );
    const by = typeof author === "string" ? author : author?.name;
    const texts = readdirSync(join(root, directory))
      .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
      .map((file) => readFileSync(join(root, directory, file), "utf8").trim());
    const terms = `License: ${license?.type ?? license}${by === undefined ? "" : `, by ${by}`}`;
    return [`## ${name} ${version}`, terms, ...texts.map((text) => `\`\`\`\n${text}\n\`\`\``)].join("\n\n");
  });
  return `# Licenses of bundled packages\n\n${sections.join("\n\n")}\n`;
}
