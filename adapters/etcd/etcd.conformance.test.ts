import { describe } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { clock } from "../conformance/cluster.ts";
import { conforms } from "../conformance/suite.ts";
import { etcd } from "./adapter.ts";

const installed = await etcd.deployment.installed();
const missing = installed.length === 0 ? `etcd is not installed: ${etcd.deployment.installHint}` : undefined;

describe.skipIf(requireOrSkip(missing))("etcd", () => {
  for (const program of installed) {
    describe(program.version, () => {
      conforms(etcd, () => startDirect(etcd.deployment, { size: 3, clock, program }));
    });
  }
});
