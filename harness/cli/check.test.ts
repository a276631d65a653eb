import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../core/real-clock.ts";
import { type CheckOptions, check } from "./check.ts";
import type { Output } from "./output.ts";

/** Two keys of a map of strings, told key by key in turn. */
const lines = (read: string): string =>
  [
    '{:process 0, :type :invoke, :f :append, :key "0", :value "a"}',
    '{:process 0, :type :ok, :f :append, :key "0", :value "a"}',
    '{:process 1, :type :invoke, :f :put, :key "1", :value "b"}',
    '{:process 1, :type :ok, :f :put, :key "1", :value "b"}',
    '{:process 0, :type :invoke, :f :get, :key "0", :value nil}',
    `{:process 0, :type :ok, :f :get, :key "0", :value "${read}"}`,
  ].join("\n");

const options: CheckOptions = { model: "string-map", whole: false, timeLimit: 60, memoryLimit: 1024 };

describe("assay check", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-check-"));
    await writeFile(join(dir, "good.txt"), lines("a"));
    await writeFile(join(dir, "bad.txt"), lines("b"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function judged(name: string, more: Partial<CheckOptions>) {
    const told: string[] = [];
    const output: Output = {
      json: false,
      print: (line = "") => {
        told.push(line);
      },
      result: () => {},
      note: () => {},
      live: () => {},
    };
    const status = await check([join(dir, name)], { ...options, ...more }, realClock(), output);
    return { status, text: told.join("\n") };
  }

  it("judges key by key, or with --whole all keys together, with the same verdict", async () => {
    const apart = await judged("good.txt", {});
    expect(apart.status).toBe(0);
    expect(apart.text).toContain("3 operations on 2 keys are linearizable");
    const together = await judged("good.txt", { whole: true });
    expect(together.status).toBe(0);
    expect(together.text).toContain("3 operations, taken together, are linearizable");
    for (const whole of [false, true]) {
      const bad = await judged("bad.txt", { whole });
      expect(bad.status).toBe(1);
      expect(bad.text).toContain('process 0 read "b" from 0');
    }
  });

  it("never calls valid what its limits do not let it judge", async () => {
    const { status, text } = await judged("good.txt", { timeLimit: 1e-9 });
    expect(status).toBe(2);
    expect(text).toContain("undecided: the time limit");
  });
});
