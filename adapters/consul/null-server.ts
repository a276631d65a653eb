import { createServer, type ServerResponse } from "node:http";
import { listenAnywhere } from "../null-server.ts";

/** `Adapter.nullServer` of Consul: finds nothing, takes every put, refuses comparisons. */
export function nullServer(): Promise<number> {
  const server = createServer((request, response) => {
    const { method, url = "" } = request;
    request.resume();
    request.on("end", () => respond(response, `${method} ${url}`));
  });
  // Clients keep their connections, and end them.
  server.keepAliveTimeout = 0;
  return listenAnywhere(server);
}

function respond(response: ServerResponse, request: string): void {
  const end = (status: number, body: string) =>
    response.writeHead(status, { "x-consul-index": "1", "content-type": "application/json" }).end(body);
  if (request.startsWith("GET /v1/kv/")) end(404, "");
  else if (request.startsWith("PUT /v1/kv/")) end(200, `${!request.includes("cas=")}`);
  else if (request === "PUT /v1/txn") end(200, '{"Results":null}');
  else if (request === "GET /v1/status/peers") end(200, "[]");
}
