import type { Fault } from "../../../core/fault.ts";
import { removeDeadRuns } from "../process/leftovers.ts";
import type { Runtime } from "../runtime.ts";

const faults: ReadonlySet<Fault> = new Set<Fault>([
  "link-cut",
  "client-cut",
  "link-delay",
  "link-hold",
  "packet-loss",
  "kill",
  "pause",
  "restart",
]);

/**
 * Nodes as Docker containers, through the testcontainers package, which is loaded only when used. Network faults are applied
 * by a side container in each node's network namespace.
 */
export const testcontainers: Runtime = {
  name: "testcontainers",
  summary: "Docker containers, upstream images by default",
  faults,

  async missing(deployment) {
    if (deployment.image === undefined) return "no image is defined for it";
    const { connectDocker } = await import("./docker.ts");
    return await connectDocker().then(
      () => undefined,
      (reason: Error) => `${reason.message}: start it, or install it with scripts/install-systems.sh`,
    );
  },

  async image(deployment, system, asked, context) {
    const { connectDocker } = await import("./docker.ts");
    const { resolveImage } = await import("./image.ts");
    return await resolveImage(await connectDocker(), system, asked, asked === deployment.image, context);
  },

  async start(deployment, topology, context) {
    const { startContainers } = await import("./cluster.ts");
    return await startContainers(deployment, topology, context);
  },

  async clean() {
    const { connectDocker, removeDeadRunsIn } = await import("./docker.ts");
    const docker = await connectDocker().catch(() => undefined);
    const containers = docker === undefined ? [] : await removeDeadRunsIn(docker);
    return [...containers, ...removeDeadRuns()];
  },
};
