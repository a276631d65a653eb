import type { ServerResponse } from "node:http";
import type { PackageDefinition } from "@grpc/proto-loader";
import { assert } from "../../../../core/assert.ts";
import { serviceDefinition } from "../definitions.ts";
import { type ApiError, httpStatuses } from "../errors.ts";
import type { JsonMapping } from "../json.ts";
import type { WatchServer } from "./server.ts";
import type { WatchRequestWire, WatchResponseWire } from "./wire.ts";

export const watchPath = "/v3/watch";

/**
 * The gateway's side of Watch: one request as the body, then a line of JSON for each response, `{"result":…}`, until the
 * client goes. The function throws an ApiError, before anything is answered, if the body is no such request.
 */
export function watchRoute(server: WatchServer, json: JsonMapping, definitions: PackageDefinition) {
  const method = serviceDefinition(definitions, "etcdserverpb.Watch")["Watch"];
  assert(method !== undefined, "etcd.proto has no method Watch");
  const { requestType, responseType, requestSerialize, requestDeserialize } = method;

  return (body: unknown, response: ServerResponse): void => {
    const message = json.decode(requestType, body);
    const request = requestDeserialize(requestSerialize(message)) as WatchRequestWire;
    const write = (line: object) => response.write(`${JSON.stringify(line)}\n`);
    const send = (answer: WatchResponseWire) => write({ result: json.encode(responseType, answer) });
    const end = ({ grpc, message }: ApiError) => {
      write({ error: { grpc_code: grpc, http_code: httpStatuses[grpc] ?? 500, message } });
      response.end();
    };
    const session = server.open({ send, end }, false);
    if (session === undefined) return;
    response.on("drain", () => session.drained());
    response.on("close", () => server.closed(session));
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    session.receive(request);
  };
}
