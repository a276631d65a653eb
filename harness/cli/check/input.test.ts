import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { checked } from "../testing/checked.ts";
import type { CheckOptions } from "./case.ts";

const options: CheckOptions = { whole: false, timeLimit: 60, memoryLimit: 1024 };

const edn = [
  "{:process 0, :type :invoke, :f :write, :value 1, :time 1}",
  "{:process 0, :type :ok, :f :write, :value 1, :time 2}",
  "{:process 1, :type :invoke, :f :read, :value nil, :time 3}",
  "{:process 1, :type :ok, :f :read, :value 1, :time 4}",
].join("\n");
const log = "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n1\t:invoke\t:read\tnil\n1\t:ok\t:read\t7\n";

describe("what assay check takes", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-check-input-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const store = (name: string, content: string | Buffer) => writeFile(join(dir, name), content);

  it("reads a Jepsen store directory by its history.edn, or else by what logs it has", async () => {
    await store("test.jepsen", Buffer.from([0, 1, 2]));
    await expect(checked(dir, options)).rejects.toThrow(
      "only Jepsen's binary test.jepsen, which assay cannot read",
    );
    await store("jepsen.log", log);
    expect(await checked(dir, options)).toMatchObject({ status: 1 });
    await store("history.edn", edn);
    const { status, text, result } = await checked(dir, options);
    expect(status).toBe(0);
    expect(text).toContain(`${join(dir, "history.edn")}: `);
    expect(result?.files[0]?.understood.format).toBe("jepsen-edn");
  });

  it("reads what is packed by gzip, in a store directory too", async () => {
    await store("some.gz", gzipSync(edn));
    expect(await checked(join(dir, "some.gz"), options)).toMatchObject({ status: 0 });
    await store("history.edn.gz", gzipSync(edn));
    expect(await checked(dir, options)).toMatchObject({ status: 0 });
  });

  it.each([
    ["EDN", "deep.edn", `{:process 0, :type :invoke, :f :write, :value ${"[".repeat(20_000)}`],
    ["a log", "deep.log", `0\t:invoke\t:write\t${"[".repeat(20_000)}${"]".repeat(20_000)}\n`],
    [
      "our own history",
      "deep.jsonl",
      `{"index":0,"time":0,"type":"invoke","process":0,"f":"write","value":${"[".repeat(20_000)}${"]".repeat(20_000)}}\n`,
    ],
    [
      "a JSON array",
      "deep.json",
      `[{"f":"write","value":${"[".repeat(20_000)}${"]".repeat(20_000)},"call":0,"return":1}]`,
    ],
  ])("refuses %s that is nested too deeply, with file and line", async (_, name, content) => {
    await store(name, content);
    const refused = expect(checked(join(dir, name), options)).rejects;
    await refused.toThrow(UsageError);
    await refused.toThrow(new RegExp(`${name}:1: `));
  });

  it.each(["", "[]", "{}", "[1,2", "{:a", "\u0000\u0000", "<html>", "a,b\n1,2", "[[[[", "nil", '"x"', "-1"])(
    "takes %j, or says in a sentence why not",
    async (content) => {
      await store("odd", content);
      try {
        expect((await checked(join(dir, "odd"), options)).status).toBe(2);
      } catch (reason) {
        expect(reason).toBeInstanceOf(UsageError);
        expect((reason as Error).message).toMatch(/odd/);
        expect((reason as Error).message).not.toContain("\n");
      }
    },
  );

  it("refuses an initial state that is not JSON, and one that the model cannot leave open", async () => {
    await store("history.edn", edn);
    await expect(checked(dir, { ...options, initial: "{" })).rejects.toThrow(
      "--initial {: expected a JSON value",
    );
    await store("adds.json", '[{"f":"add","value":1,"call":0,"return":1}]');
    await expect(
      checked(join(dir, "adds.json"), { ...options, model: "counter", initial: "unknown" }),
    ).rejects.toThrow(UsageError);
  });

  it("lets a register begin with any value where its initial value is unknown", async () => {
    await store("history.edn", edn.replaceAll("write", "read"));
    const { status, text, result } = await checked(dir, { ...options, model: "register" });
    expect(status).toBe(1);
    expect(text).toMatch(/hint: process \d read 1, which no operation wrote: .*--initial/);
    expect(result?.files[0]).toMatchObject({ hint: expect.stringContaining("--initial unknown") });
    expect((await checked(dir, { ...options, model: "register", initial: "unknown" })).status).not.toBe(1);
  });
});
