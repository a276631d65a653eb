import { expect, it } from "vitest";
import { TestTrial } from "../testing/trial.ts";
import { noProbe } from "./client-probe.ts";
import { localClients } from "./local-clients.ts";

it("a load's own figures end with the load, and not with the answers that it still waits for", async () => {
  const trial = new TestTrial({
    spec: { load: { kind: "closed", processes: 6, seconds: 3 }, operationTimeoutMs: 20_000 },
    memory: { latencyMs: { min: 700, max: 700 } },
  });
  const watched = { from: 0, to: 0 };
  const probe = {
    start: () => void Object.assign(watched, { from: trial.clock.now() }),
    stop: () => {
      Object.assign(watched, { to: trial.clock.now() });
      return noProbe.stop();
    },
  };
  Object.assign(trial.deps, { clients: localClients(probe) });
  await trial.run();
  const phase = (name: string) =>
    trial.events.findIndex((event) => event.f === "phase" && event.value === name);
  const afterwards = trial.events.slice(phase("ending"), phase("final"));
  expect(watched.to - watched.from).toBe(afterwards[0]?.time);
  expect(afterwards.filter(({ type }) => type === "ok")).not.toEqual([]);
});
