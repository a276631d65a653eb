import { expect, it } from "vitest";
import { stepName } from "../../nemesis/pace.ts";
import { type BenchOptions, benchDefaults } from "../options/bench-options.ts";
import { registries } from "../registries.ts";
import { planRuns } from "./plan.ts";

/** Which faults are planned, and which of the default ones are not. */
async function planned(asked: Partial<BenchOptions>) {
  const given = new Set(Object.keys(asked));
  const own = asked.endpoint === undefined ? {} : { endpoints: asked.endpoint };
  const [run] = await planRuns({ options: { ...benchDefaults(), ...asked }, given }, registries(own));
  return { faults: run?.nemeses.map(stepName), leftOut: run?.leftOut };
}

it("leaves out default faults that a cluster of one cannot have, and says why", async () => {
  expect(await planned({})).toEqual({ faults: ["partition", "kill", "pause"], leftOut: [] });
  expect(await planned({ nodes: 1 })).toEqual({
    faults: ["kill", "pause"],
    leftOut: ["partition (it needs at least 2 nodes)"],
  });
});

it("leaves out all default faults on one's own cluster without a command for them", async () => {
  const endpoint = "n1=127.0.0.1:1,n2=127.0.0.1:2,n3=127.0.0.1:3";
  const { faults, leftOut } = await planned({ endpoint, runtime: "external" });
  expect(faults).toEqual([]);
  expect(leftOut).toEqual(
    ["partition", "kill", "pause"].map((name) => `${name} (on your own cluster it needs --fault-command)`),
  );
});

it("refuses retries at several rates: every attempt would be an operation of a step", async () => {
  await expect(planned({ rate: "100,200", retries: 2 })).rejects.toThrow("--retries 2 is for one rate");
  expect(await planned({ rate: "100", retries: 2 })).toMatchObject({ leftOut: [] });
});
