import { adapters } from "../../adapters/registry.ts";
import { workloads } from "../../workloads/registry.ts";
import { nemeses } from "../nemesis/registry.ts";
import { loopback } from "../runtimes/loopback.ts";
import { netns } from "../runtimes/netns.ts";
import type { Registries } from "./list.ts";

/** Everything that a name on the command line can mean. */
export const registries: Registries = {
  adapters,
  runtimes: { loopback, netns },
  workloads,
  nemeses,
};
