import type { Adapter } from "./adapter.ts";
import { consul } from "./consul/adapter.ts";
import { etcd } from "./etcd/adapter.ts";
import { reference } from "./reference/adapter.ts";
import { zookeeper } from "./zookeeper/adapter.ts";

/** Every system that Assay can put on trial, by the name that the command line uses. */
export const adapters = { reference, etcd, zookeeper, consul } satisfies Record<string, Adapter>;
