import { ClientError } from "../core/errors.ts";

/**
 * A key as a name that systems with paths take: letters, digits and a few signs stay, everything else is written as
 * percent and hexadecimal. Character by character, so that a prefix of the key gives a prefix of the name.
 * Rejects a key that is not well-formed text, with `rejected`.
 */
export function nameOfKey(key: string): string {
  try {
    // "." and ".." are names of directories.
    return encodeURIComponent(key).replaceAll(".", "%2E");
  } catch (cause) {
    throw new ClientError("rejected", "the key is not well-formed text", { cause });
  }
}

/** The key that `nameOfKey` gave this name. */
export const keyOfName = (name: string): string => decodeURIComponent(name);

/** Compares keys by their bytes. */
export const inOrderOfKeys = <T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> =>
  new Map([...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
