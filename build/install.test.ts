/** What `npm ci` prints. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./programs.mjs";

const read = (name: string) => JSON.parse(readFileSync(join(root, name), "utf8"));

it("npm warns of no install script: package.json says of each whether it may run", () => {
  const packages = Object.entries<{ hasInstallScript?: boolean }>(read("package-lock.json").packages);
  const scripts = packages.flatMap(([path, { hasInstallScript }]) =>
    path !== "" && hasInstallScript === true ? [path.split("node_modules/").at(-1)] : [],
  );
  expect(scripts.length).toBeGreaterThan(0);
  expect(Object.keys(read("package.json").allowScripts)).toEqual(expect.arrayContaining(scripts));
});
