/** Stores as bytes, for tests. */
import { ByteReader, ByteWriter } from "../bytes.ts";
import { Store } from "../store.ts";

export function encoded(store: Store): Uint8Array {
  const writer = new ByteWriter();
  const parts = store.encode(writer);
  while (parts.next().done !== true);
  return writer.finish();
}

/** The store as another member gets it. */
export const reencoded = (store: Store): Store => Store.decode(new ByteReader(encoded(store)));
