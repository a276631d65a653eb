import { adapters } from "../../adapters/registry.ts";
import { workloads } from "../../workloads/registry.ts";
import { nemeses } from "../nemesis/registry.ts";
import { testcontainers } from "../runtimes/docker/testcontainers.ts";
import { type ExternalOptions, external } from "../runtimes/external/external.ts";
import { netns } from "../runtimes/netns/netns.ts";
import { loopback } from "../runtimes/process/loopback.ts";
import type { Registries } from "./list.ts";

/** Everything that can be named on the command line. */
export const registries = (own: ExternalOptions = {}): Registries => ({
  adapters,
  runtimes: { loopback, netns, testcontainers, external: external(own) },
  workloads,
  nemeses,
});
