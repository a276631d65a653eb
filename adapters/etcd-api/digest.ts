import type { Revision } from "../../core/op.ts";
import type { ConnectOptions, Digest, Endpoint } from "../adapter.ts";
import { limitsOf } from "../client/ask.ts";
import { openConnection } from "./connection.ts";
import { methods } from "./methods.ts";

/** Reads the hash of all changes that the node holds up to revision `at`: etcd's HashKV, of one node's own store. */
export async function digest(endpoint: Endpoint, options: ConnectOptions, at?: Revision): Promise<Digest> {
  const connection = openConnection(endpoint, options);
  try {
    // Asked by its number: what the node would hash without one may be newer than what its header says.
    const revision =
      at ?? Number((await connection.call(methods.status, {}, limitsOf(options))).header.revision);
    const { hash, compactRevision } = await connection.call(methods.hashKv, { revision }, limitsOf(options));
    return { at: revision, digest: hash.toString(16).padStart(8, "0"), since: Number(compactRevision) };
  } finally {
    connection.close();
  }
}
