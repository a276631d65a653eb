/** The process of a load worker: it knows all systems and workloads by name, as the command line does. */
import { adapters } from "../../adapters/registry.ts";
import { workloads } from "../../workloads/registry.ts";
import { serveParent } from "../load/workers/client-worker.ts";

serveParent({ adapters, workloads });
