/** Clients beside the load, which ask at their own pace: what measures a load must not count them. */
import type { StandingRole, Workload } from "../../workloads/workload.ts";

/** The workload with two more clients at each node, each of which reads, and pauses for `pauseMs`, again and again. */
export const withBystanders = (workload: Workload, pauseMs: number): Workload => ({
  ...workload,
  roles: (...asked) => [...workload.roles(...asked), bystander(pauseMs)],
});

const bystander = (pauseMs: number): StandingRole<"kv"> => ({
  name: "bystander",
  processes: { perNode: 2 },
  actor: () => {
    let waits = false;
    return {
      next() {
        waits = !waits;
        return waits ? { pauseMs } : { f: "read", key: "aside" };
      },
      perform: ({ kv }, { key = "" }, { ask }) => kv.read(key, "linearizable", ask),
    };
  },
});
