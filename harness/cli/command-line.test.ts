import { expect, it } from "vitest";
import { reference } from "../../adapters/reference/adapter.ts";
import { register } from "../../workloads/register.ts";
import { nemeses } from "../nemesis/registry.ts";
import { loopback } from "../runtimes/process/loopback.ts";
import type { BenchOptions } from "./bench-options.ts";
import { repeatCommand } from "./command-line.ts";
import type { PlannedRun } from "./plan/plan.ts";

const given = { faultSeconds: 5, timeout: 9000, patient: true } as BenchOptions;

const repeated = (faults: PlannedRun["nemeses"]) =>
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
    given,
    7,
    { faultSeconds: 4, timeout: 1000, patient: false },
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
