import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import type { TxnChange } from "../client/txn.ts";
import type { AskSession } from "./connection.ts";
import { unlessRefused, zkCode } from "./errors.ts";
import { multi } from "./multi.ts";
import { pathOf, revisionOf, root } from "./paths.ts";
import { type Access, create, deleteNode, exists, type Request, type Stat, setData } from "./requests.ts";

/** Maximum attempts when others create or delete a key in between. Each such attempt had no effect. */
const attemptsMax = 5;

/**
 * Makes all changes in one multi. ZooKeeper has no "create or set": what is there is read first, and the multi is refused as a
 * whole where that has changed meanwhile. It cannot refuse because a key has appeared: so a delete of an absent key next to
 * other changes rejects with `conflict`.
 */
export async function commit(
  ask: AskSession,
  changes: readonly TxnChange[],
  access: Access,
): Promise<Revision | undefined> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const replies = await Promise.all(changes.map(({ key }) => ask(exists(pathOf(key)))));
    const isThere = (i: number) => replies[i]?.value !== undefined;
    const absent = changes.filter(({ f }, i) => f === "delete" && !isThere(i));
    if (absent.length === changes.length) return undefined;
    if (absent.length > 0) {
      const keys = absent.map(({ key }) => key).join(", ");
      throw new ClientError(
        "conflict",
        `ZooKeeper cannot delete what is not there in a transaction: ${keys}`,
      );
    }
    const parts = changes.map((change, i) => partOf(change, isThere(i), access));
    // Every delete raises the version of the root, by which `cas` knows of it. The reply to a set has the zxid of all.
    const isSet = changes.some(({ f }, i) => f === "write" && isThere(i));
    const needsRoot = !isSet || changes.some(({ f }) => f === "delete");
    const request = multi(needsRoot ? [...parts, setData(root, Buffer.alloc(0))] : parts);
    const done = await unlessRefused(ask(request), zkCode.noNode, zkCode.nodeExists);
    if (done !== undefined) return zxidOf(done.value);
  }
  throw new ClientError("conflict", "keys of the transaction kept being created and deleted by others");
}

/** The zxid that a set among the parts replied with. */
function zxidOf(replies: readonly unknown[]): Revision {
  const set = replies.find((reply) => typeof reply === "object" && reply !== null && "modifiedZxid" in reply);
  return revisionOf((set as Stat).modifiedZxid);
}

function partOf(change: TxnChange, isThere: boolean, access: Access): Request<unknown> {
  const path = pathOf(change.key);
  if (change.f === "delete") return deleteNode(path);
  const data = Buffer.from(change.value);
  return isThere ? setData(path, data) : create(path, data, { access });
}
