import { describe } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { clock } from "../conformance/cluster.ts";
import { conforms } from "../conformance/suite.ts";
import { consul } from "./adapter.ts";

const installed = await consul.deployment.installed();
const missing =
  installed.length === 0 ? `Consul is not installed: ${consul.deployment.installHint}` : undefined;

describe.skipIf(requireOrSkip(missing))("consul", () => {
  for (const program of installed) {
    describe(program.version, () => {
      conforms(consul, () => startDirect(consul.deployment, { size: 3, clock, program }));
    });
  }
});
