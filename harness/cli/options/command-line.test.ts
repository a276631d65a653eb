import { expect, it } from "vitest";
import { reference } from "../../../adapters/reference/adapter.ts";
import { register } from "../../../workloads/register.ts";
import { nemeses } from "../../nemesis/registry.ts";
import { loopback } from "../../runtimes/process/loopback.ts";
import type { PlannedRun } from "../plan/plan.ts";
import type { BenchOptions } from "./bench-options.ts";
import { repeatCommand } from "./command-line.ts";

const given = { faultSeconds: 5, timeout: 9000, patient: true } as BenchOptions;

const repeated = (faults: PlannedRun["nemeses"], more: Partial<BenchOptions> = {}) =>
  repeatCommand(
    {
      adapter: reference,
      runtime: loopback,
      workload: register,
      nemeses: faults,
      leftOut: [],
      readMode: reference.defaultReadMode,
      program: undefined,
      image: undefined,
      connect: {},
      pace: { faultSeconds: 5, gapSeconds: 2.5 },
    },
    { ...given, ...more },
    7,
    { faultSeconds: 4, timeout: 1000, patient: false, untilServed: false },
  );

it("names what --patient stands for, and the length of faults only where there are faults", () => {
  const { kill } = nemeses;
  if (kill === undefined) throw new Error("no kill");
  expect(repeated([[kill]])).toBe(
    "npm run bench -- --system reference --runtime loopback --workload register --seed 7 --fault-seconds 5 --timeout 9000",
  );
  expect(repeated([])).toBe(
    "npm run bench -- --system reference --runtime loopback --workload register --seed 7 --timeout 9000",
  );
});

it("names a flag without a value", () => {
  expect(repeated([], { untilServed: true })).toMatch(/ --until-served$/);
  expect(repeated([], { untilServed: false })).not.toContain("until-served");
});
