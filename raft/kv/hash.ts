import type { Change } from "./history.ts";
import type { Bytes } from "./request.ts";

/** FNV-1a, 32 bits, over all that the changes say. */
export function hashChanges(changes: Iterable<Change>): number {
  let hash = 0x811c9dc5;
  const byte = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  const natural = (value: number) => {
    for (let rest = value; ; rest = Math.floor(rest / 0x100)) {
      byte(rest & 0xff);
      if (rest <= 0xff) return;
    }
  };
  const bytes = (value: Bytes) => {
    natural(value.length);
    for (const each of value) byte(each);
  };
  for (const change of changes) {
    natural(change.modRevision);
    natural(change.sub);
    natural(change.createRevision);
    natural(change.version);
    bytes(change.key);
    bytes(change.value);
  }
  return hash >>> 0;
}
