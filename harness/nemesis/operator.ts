/** What an operator does to a cluster that is well: moves the leader, discards history; and what goes wrong while it is done. */
import type { Admin } from "../../adapters/client/admin.ts";
import { sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { millis } from "../../core/time.ts";
import type { Nemesis, Target } from "./nemesis.ts";
import { anyOne } from "./victims.ts";

/** A node that was asked to compact is killed before this has passed. */
const soonMs = 100;

export const moveLeader: Nemesis = {
  name: "move-leader",
  summary: "makes another node the leader, by the system's own command",
  requires: new Set(["leader-move"]),
  leastNodes: 2,
  async inject(target) {
    const led = await target.leader();
    if (led === undefined || target.held.has(led)) return undefined;
    return asOperator(target, led, async (admin) => {
      const others = (await admin.members()).filter(({ name, voter }) => voter && name !== led);
      if (others.length === 0) return undefined;
      const to = target.random.pick(others);
      await admin.moveLeader?.(to);
      return {
        summary: `move the leader from ${led} to ${to.name}`,
        nodes: [led],
        proof: async () => {
          const now = await target.leader();
          return now === undefined || now === led ? undefined : `${now} leads instead of ${led}`;
        },
        heal: async () => {},
      };
    });
  },
};

export const killAfterCompaction: Nemesis = {
  name: "kill-after-compaction",
  summary: `discards all history and kills one node within ${soonMs} ms, while it is at it`,
  requires: new Set(["compaction", "kill", "restart"]),
  async inject(target) {
    const [node] = anyOne(target);
    if (node === undefined) return undefined;
    return asOperator(target, node.id, async (admin) => {
      const revision = await admin.revision?.();
      if (revision === undefined) return undefined;
      target.compacting(revision);
      // Its answer would come when the compaction is over: then it is too late.
      const compacting = admin.compact?.(revision).catch(() => {});
      await sleep(target.clock, millis(target.random.integer(1, soonMs)));
      const proof = await node.kill();
      await compacting;
      return {
        summary: `kill ${node.id} after a compaction to revision ${revision}`,
        nodes: [node.id],
        proof: async () => proof,
        heal: async () => {
          if (node.state() === "killed") await node.start();
        },
      };
    });
  },
};

/** Asks a node as its operator. A node that does not do it now, for whatever reason of its own, is asked again later. */
export async function asOperator<T>(
  { admin }: Target,
  node: Parameters<Target["admin"]>[0],
  act: (admin: Admin) => Promise<T | undefined>,
): Promise<T | undefined> {
  const asked = admin(node);
  if (asked === undefined) return undefined;
  try {
    return await act(asked);
  } catch (reason) {
    if (reason instanceof ClientError && reason.code !== "unsupported") return undefined;
    throw reason;
  } finally {
    await asked.close();
  }
}
