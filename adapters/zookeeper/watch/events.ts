import type { Told } from "../../client/watch.ts";
import { keyOf, revisionOf } from "../paths.ts";
import type { WatchEvent } from "../requests.ts";

const words = {
  created: "create",
  changed: "put",
  deleted: "delete",
  "children-changed": "changed",
  other: "changed",
} as const satisfies Record<WatchEvent["type"], Told["f"]>;

/** An event says neither value nor, before 3.9, zxid. */
export function changeOf({ type, path, zxid }: WatchEvent): Told {
  const key = keyOf(path);
  return {
    f: words[type],
    ...(key !== undefined && { key }),
    ...(zxid > 0n && { revision: revisionOf(zxid) }),
  };
}
