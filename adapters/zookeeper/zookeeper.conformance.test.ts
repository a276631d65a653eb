import { describe } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { clock } from "../conformance/cluster.ts";
import { conforms } from "../conformance/suite.ts";
import { zookeeper } from "./adapter.ts";

const installed = await zookeeper.deployment.installed();
const missing =
  installed.length === 0 ? `ZooKeeper is not installed: ${zookeeper.deployment.installHint}` : undefined;

describe.skipIf(requireOrSkip(missing))("zookeeper", () => {
  for (const program of installed) {
    describe(program.version, () => {
      conforms(zookeeper, () => startDirect(zookeeper.deployment, { size: 3, clock, program }));
    });
  }
});
