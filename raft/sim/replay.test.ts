import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { programCommand } from "../../core/program/node-program.ts";

const [command = "", ...program] = programCommand(new URL("./replay.ts", import.meta.url));
const run = (...args: string[]) =>
  spawnSync(command, [...program, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 });

describe("replay", () => {
  it("prints each step of a seed that breaks an invariant, and ends with status 1", () => {
    const { stdout, status } = run("--seed", "3", "--mutant", "apply-twice");
    expect(status).toBe(1);
    expect(stdout).toContain("1 starts");
    expect(stdout).toMatch(/leader of term \d+; .*append/);
    expect(stdout.trim().split("\n").at(-1)).toMatch(/^VIOLATION of exactly once/);
  }, 300_000);

  it("ends with status 0 where every invariant holds", () => {
    const { stdout, status } = run("--seed", "3", "--quiet");
    expect(stdout.trim().split("\n").at(-1)).toBe("all invariants held");
    expect(status).toBe(0);
  }, 300_000);

  it("goes through many seeds, and names the first that breaks an invariant", () => {
    const held = run("--seeds", "3");
    expect(held.stdout).toBe("all invariants held in 3 worlds\n");
    expect(held.status).toBe(0);
    const { stdout, status } = run("--seeds", "5", "--mutant", "apply-twice");
    expect(stdout).toMatch(/seed: [1-5],/);
    expect(stdout.trim().split("\n").at(-1)).toMatch(/^VIOLATION of /);
    expect(status).toBe(1);
  }, 300_000);

  it("takes what the nightly workflow asks of it", () => {
    const workflow = readFileSync(new URL("../../.github/workflows/nightly.yml", import.meta.url), "utf8");
    const [, asked = ""] = /raft\/sim\/replay\.ts (.*)/.exec(workflow) ?? [];
    expect(asked).toContain("--seeds 10000");
    expect(run(...asked.replace("10000", "2").split(" ")).status).toBe(0);
  }, 300_000);

  it("ends with status 64 where it does not know what to do", () => {
    const { stderr, status } = run("--seed", "3", "--mutant", "none");
    expect(stderr).toContain("--mutant takes one of");
    expect(status).toBe(64);
    expect(run().status).toBe(64);
    expect(run("--seeds", "none").status).toBe(64);
  }, 300_000);
});
