import type { ConnectOptions, Endpoint } from "../adapter.ts";
import type { Admin, Member } from "../client/admin.ts";
import { communication } from "./communication.ts";
import { openConnection } from "./connection.ts";
import { type Call, methods } from "./methods.ts";

/** A member that is asked to move the leader must be the leader, or it refuses. */
export function admin(endpoint: Endpoint, options: ConnectOptions): Admin {
  const connection = openConnection(endpoint, options);
  const { call } = communication(connection, options);
  return { ...actions(call), close: async () => connection.close() };
}

const actions = (call: Call): Omit<Admin, "close"> => ({
  async members(ask) {
    const [list, status] = await Promise.all([
      call(methods.memberList, {}, ask),
      call(methods.status, {}, ask),
    ]);
    return list.members.map(
      ({ id, name, peerUrls, isLearner }): Member => ({
        id,
        name,
        address: peerUrls[0] ?? "",
        voter: !isLearner,
        leads: id === status.leader,
      }),
    );
  },

  async moveLeader(to, ask) {
    await call(methods.moveLeader, { targetId: to.id }, ask);
  },

  async revision(ask) {
    const { header } = await call(methods.range, { key: Buffer.from([0]), serializable: false }, ask);
    return Number(header.revision);
  },

  /** `physical`: the answer comes when what was before the revision is gone from the store, not only unreadable. */
  async compact(revision, ask) {
    await call(methods.compact, { revision: String(revision), physical: true }, ask);
  },
});
