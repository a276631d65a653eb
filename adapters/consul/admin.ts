import * as z from "zod";
import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import type { Admin, Member } from "../client/admin.ts";
import { limitsOf } from "../client/ask.ts";
import { parse, success } from "./answers.ts";
import { HttpConnection } from "./http.ts";

const configurationSchema = z.object({
  Servers: z.array(
    z.object({
      ID: z.string(),
      Node: z.string(),
      Address: z.string(),
      Leader: z.boolean(),
      Voter: z.boolean(),
    }),
  ),
});
const transferSchema = z.object({ Success: z.boolean() });

/** Consul's operator endpoints. A server passes both on to the leader. */
export function admin(endpoint: Endpoint, options: ConnectOptions): Admin {
  const http = new HttpConnection(endpoint, options);
  const ask = async (method: "GET" | "POST", path: string, asked: Parameters<Admin["members"]>[0]) => {
    const answer = await http.ask({ method, path }, limitsOf(options, asked));
    success(answer, `${method} ${path}`);
    return answer.body;
  };
  return {
    async members(asked) {
      const body = await ask("GET", "/v1/operator/raft/configuration", asked);
      return parse(configurationSchema, body).Servers.map(
        ({ ID, Node, Address, Leader, Voter }): Member => ({
          id: ID,
          name: Node,
          address: Address,
          voter: Voter,
          leads: Leader,
        }),
      );
    },

    /** Consul 1.15 and newer; an older one has no such path and rejects with `unsupported`. */
    async moveLeader(to, asked) {
      const path = `/v1/operator/raft/transfer-leader?id=${encodeURIComponent(to.id)}`;
      const { Success } = parse(transferSchema, await ask("POST", path, asked));
      if (!Success) throw new ClientError("unavailable", `POST ${path}: the transfer did not succeed`);
    },

    close: () => http.close(),
  };
}
