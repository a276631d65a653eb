import { adapters } from "../../adapters/registry.ts";
import { workloads } from "../../workloads/registry.ts";
import { nemeses } from "../nemesis/registry.ts";
import { type ExternalOptions, external } from "../runtimes/external.ts";
import { loopback } from "../runtimes/loopback.ts";
import { netns } from "../runtimes/netns.ts";
import { testcontainers } from "../runtimes/testcontainers.ts";
import type { Registries } from "./list.ts";

/** Everything that a name on the command line can mean. */
export const registries = (own: ExternalOptions = {}): Registries => ({
  adapters,
  runtimes: { loopback, netns, testcontainers, external: external(own) },
  workloads,
  nemeses,
});
