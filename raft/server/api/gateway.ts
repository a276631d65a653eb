import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MethodDefinition, PackageDefinition } from "@grpc/proto-loader";
import { serviceDefinition } from "./definitions.ts";
import { ApiError, httpStatuses } from "./errors.ts";
import { JsonMapping } from "./json.ts";
import type { Method } from "./methods.ts";
import { apiVersion, maxRequestBytes, type Service } from "./service.ts";
import { watchPath, watchRoute } from "./watch/gateway.ts";
import type { WatchServer } from "./watch/server.ts";

/** Base64 takes four bytes for three; the rest is room for the JSON around it, as on the gRPC port. */
const maxBodyBytes = ((maxRequestBytes + 512 * 1024) * 4) / 3;

export interface GatewayOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly definitions: PackageDefinition;
  readonly methods: readonly Method[];
  readonly service: Service;
  readonly watches: WatchServer;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

type Handler = (body: Buffer) => Promise<Answer>;

/** Serves the API as JSON over HTTP/1.1, as etcd's gateway does. Rejects if the address cannot be listened on. */
export async function startGateway(
  options: GatewayOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const routes = new Map<string, Handler>([
    ["GET /health", () => health(options.service)],
    [
      "GET /version",
      async () => ({ status: 200, body: { etcdserver: apiVersion, etcdcluster: apiVersion } }),
    ],
  ]);
  const json = new JsonMapping(options.definitions);
  for (const method of options.methods) {
    const definition = serviceDefinition(options.definitions, method.service)[method.name];
    if (definition !== undefined) routes.set(`POST ${method.path}`, handler(json, definition, method));
  }

  const watch = watchRoute(options.watches, json, options.definitions);
  const server = createServer((request, response) => {
    const isWatch = request.method === "POST" && request.url?.split("?", 1)[0] === watchPath;
    const served = isWatch ? serveWatch(watch, request, response) : serve(routes, request, response);
    served.catch((reason) => {
      console.error("a client's request failed:", reason);
      response.destroy();
    });
  });
  // A connection that the server closes while a request is on its way leaves that request's fate unknown.
  server.keepAliveTimeout = 0;
  server.listen(options.port, options.host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  routes: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split("?", 1)[0] ?? "";
  const route = routes.get(`${request.method} ${path}`);
  const answer = await (route === undefined ? notFound(routes, path) : answerTo(route, request));
  // The client is gone: there is nobody to answer.
  if (response.destroyed) return;
  const body = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

async function serveWatch(
  watch: ReturnType<typeof watchRoute>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    watch(parse(await readBody(request)), response);
  } catch (reason) {
    const { status, body } = errorAnswer(reason);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  }
}

async function answerTo(route: Handler, request: IncomingMessage): Promise<Answer> {
  try {
    return await route(await readBody(request));
  } catch (reason) {
    return errorAnswer(reason);
  }
}

function errorAnswer(reason: unknown): Answer {
  const { grpc, message } = ApiError.from(reason);
  return { status: httpStatuses[grpc] ?? 500, body: { error: message, message, code: grpc } };
}

async function notFound(routes: ReadonlyMap<string, Handler>, path: string): Promise<Answer> {
  const otherMethod = routes.has(`POST ${path}`) || routes.has(`GET ${path}`);
  const message = otherMethod ? "Method Not Allowed" : "Not Found";
  return { status: otherMethod ? 405 : 404, body: { error: message, message, code: otherMethod ? 12 : 5 } };
}

/** Rejects with an ApiError where the body is too large or does not come whole. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > maxBodyBytes) throw new ApiError("request-too-large");
      chunks.push(chunk as Buffer);
    }
  } catch (reason) {
    throw reason instanceof ApiError ? reason : new ApiError("malformed", "the body ended early");
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

function handler(json: JsonMapping, definition: MethodDefinition<object, object>, method: Method): Handler {
  const { requestType, responseType, requestSerialize, requestDeserialize } = definition;
  return async (body) => {
    // Through the message's own codec, which fills in what JSON leaves out.
    const message = json.decode(requestType, parse(body));
    const request = requestDeserialize(requestSerialize(message));
    const response = await method.call(request as never);
    return { status: 200, body: json.encode(responseType, response) };
  };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch (reason) {
    throw new ApiError("malformed", (reason as Error).message);
  }
}

async function health(service: Service): Promise<Answer> {
  const healthy = await service.healthy();
  return { status: healthy ? 200 : 503, body: { health: healthy ? "true" : "false" } };
}
