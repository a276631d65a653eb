import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { programs, root, testPrograms } from "./programs.mjs";
import { rewriteUrls } from "./urls.mjs";

const file = join(root, "harness/cli/bench.ts");

/** What the code of a module refers to, from the project's root. */
function targets(code: string): string[] {
  const found: string[] = [];
  rewriteUrls(code, file, (target) => {
    found.push(target);
    return undefined;
  });
  return found;
}

describe("references to files", () => {
  it.each([
    ['new URL("./load-worker.ts", import.meta.url)', "harness/cli/load-worker.ts"],
    ['new URL("../../images/", import.meta.url)', "images/"],
    ['new URL("../../", import.meta.url)', ""],
    ['new URL(\n  "../../Dockerfile",\n  import.meta.url,\n)', "Dockerfile"],
  ])("%s is found", (code, target) => {
    expect(targets(`const x = ${code};`)).toEqual([target]);
    expect(rewriteUrls(`const x = ${code};`, file, () => "moved")).toBe("const x = moved;");
    expect(rewriteUrls(`const x = ${code};`, file, () => undefined)).toBe(`const x = ${code};`);
  });

  it.each([['new URL("http://127.0.0.1")'], ["new URL(path, import.meta.url)"], ["import.meta.url"]])(
    "%s is none",
    (code) => {
      expect(targets(code)).toEqual([]);
    },
  );
});

it("no two programs have the same name or source", () => {
  const all = [...Object.entries(programs), ...Object.entries(testPrograms)];
  expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
  expect(new Set(all.map(([, source]) => source)).size).toBe(all.length);
});
