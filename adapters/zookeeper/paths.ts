/** Where the keys of Assay are in a tree of nodes, and how its clients read them. */
import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import { keyOfName, nameOfKey } from "../key-names.ts";

/** Parent of the nodes of Assay's keys, one for each key. Its own version counts the deletes of keys. */
export const root = "/assay";

export function pathOf(key: string): string {
  if (key === "") throw new ClientError("rejected", "the key is empty, and a node needs a name");
  return `${root}/${nameOfKey(key)}`;
}

/** The key of a node; undefined if the path is not one of a key. */
export const keyOf = (path: string): string | undefined =>
  path.startsWith(`${root}/`) ? keyOfName(path.slice(root.length + 1)) : undefined;

/** The epoch in the upper half would have to pass two million for a zxid not to fit a number. */
export const revisionOf = (zxid: bigint): Revision => Number(zxid);
