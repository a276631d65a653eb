import type { ConnectOptions, Endpoint } from "../adapter.ts";
import type { Admin, Member } from "../client/admin.ts";
import { communication } from "./communication.ts";
import { openConnection } from "./connection.ts";
import { type Call, methods } from "./methods.ts";

type Actions = Omit<Admin, "close">;

/** Members, compaction and moves of the leader: every server of etcd's API has them. */
export function admin(endpoint: Endpoint, options: ConnectOptions): Admin {
  const connection = openConnection(endpoint, options);
  return { ...actions(communication(connection, options).call), close: async () => connection.close() };
}

const actions = (call: Call): Actions => ({
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

  /** `physical`: the answer comes when what was before the revision is gone from the store, not only unreadable. */
  async compact(revision, ask) {
    await call(methods.compact, { revision: String(revision), physical: true }, ask);
  },

  /** The member that is asked must be the leader, or it refuses. */
  async moveLeader(to, ask) {
    await call(methods.moveLeader, { targetId: to.id }, ask);
  },
});
