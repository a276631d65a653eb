import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import type { Admin, Member } from "../client/admin.ts";
import { limitsOf } from "../client/ask.ts";
import { getData } from "./requests.ts";
import { Session } from "./session.ts";

/** Path at which a server shows the ensemble's configuration, even if it cannot be changed. */
const configuration = "/zookeeper/config";

/** A client that only looks leaves again at once: a short session. */
const sessionTimeoutMs = 10_000;

/** The members. ZooKeeper cannot be asked to move its leader, and keeps no revisions to compact. */
export function admin(endpoint: Endpoint, options: ConnectOptions): Admin {
  const session = new Session(endpoint, { ...options, sessionTimeoutMs });
  return {
    async members(ask) {
      const { value: node } = await session.ask(getData(configuration), limitsOf(options, ask));
      if (node === undefined) {
        throw new ClientError("unsupported", `${endpoint.node} has no ${configuration}`);
      }
      return membersIn(node.data.toString());
    },
    close: () => session.close(),
  };
}

/** Lines such as `server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181`. */
export const membersIn = (text: string): readonly Member[] =>
  text.split("\n").flatMap((line) => {
    const match = /^server\.(\d+)=(.+):(\d+):\d+(?::(\w+))?(?:;.*)?$/.exec(line.trim());
    const [, id = "", host, port, role = "participant"] = match ?? [];
    if (match === null) return [];
    return [{ id, name: id, address: `${host}:${port}`, voter: role === "participant" }];
  });
