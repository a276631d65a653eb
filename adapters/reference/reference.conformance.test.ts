import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { clock } from "../conformance/cluster.ts";
import { conforms } from "../conformance/suite.ts";
import { reference } from "./adapter.ts";

conforms(reference, () => startDirect(reference.deployment, { size: 3, clock }));
