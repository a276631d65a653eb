import { ClientError } from "../../core/errors.ts";

/** Where Assay's keys live: one node below this one for each key. */
export const root = "/assay";

/**
 * A key as the path of a node. ZooKeeper takes no control characters, slashes, `.` or `..` as names, so that everything
 * but plain letters, digits and signs is written as percent and hexadecimal.
 */
export function pathOf(key: string): string {
  if (key === "") throw new ClientError("rejected", "an empty key is no name of a node");
  return `${root}/${nameOf(key)}`;
}

function nameOf(key: string): string {
  if (key === "." || key === "..") return key.replaceAll(".", "%2E");
  try {
    return encodeURIComponent(key);
  } catch (cause) {
    throw new ClientError("rejected", "the key is no well-formed text", { cause });
  }
}

/** The key that `pathOf` gave this name. */
export const keyOf = (name: string): string => decodeURIComponent(name);
