import { expect, it } from "vitest";
import { testcontainers } from "../runtimes/docker/testcontainers.ts";
import { loopback } from "../runtimes/process/loopback.ts";
import { Leftovers } from "./leftovers.ts";
import type { Output } from "./output.ts";

/** What a user sees of a clean-up. */
function cleaning(clean: () => Promise<readonly string[]>, runtime = loopback) {
  const notes: string[] = [];
  const output: Output = {
    json: false,
    print: () => {},
    result: () => {},
    note: (line) => void notes.push(line),
    live: () => {},
  };
  return { notes, leftovers: new Leftovers([{ runtime }], output, clean) };
}

it("reports what was removed, once", async () => {
  const { notes, leftovers } = cleaning(async () => ["container a", "directory b"]);
  await Promise.all([leftovers.rest(), leftovers.rest()]);
  expect(notes).toEqual([
    "removed leftover of a dead run: container a",
    "removed leftover of a dead run: directory b",
  ]);
});

it.each([loopback, testcontainers])(
  "says what could not be removed, and costs no run on $name",
  async (runtime) => {
    const { notes, leftovers } = cleaning(async () => {
      throw new Error("the Docker engine does not answer");
    }, runtime);
    await leftovers.first();
    await leftovers.rest();
    expect(notes).toEqual([
      "could not remove what dead runs left behind (the Docker engine does not answer): try assay clean",
    ]);
  },
);
