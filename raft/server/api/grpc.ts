import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { PackageDefinition } from "@grpc/proto-loader";
import type { Clock } from "../../../core/clock.ts";
import { millis } from "../../../core/time.ts";
import { serviceDefinition } from "./definitions.ts";
import { ApiError } from "./errors.ts";
import type { Method } from "./methods.ts";
import { maxRequestBytes, type Service } from "./service.ts";
import { watchHandler } from "./watch/grpc.ts";
import type { WatchServer } from "./watch/server.ts";

/** etcd's room for what is around keys and values: a request between the limits gets etcd's error, not gRPC's. */
const maxMessageBytes = maxRequestBytes + 512 * 1024;

/** Time that calls under way have to be answered when the server closes. */
const closeGraceMs = 500;

/** Placeholder for a request whose bytes do not decode. */
const malformed = Symbol("malformed");

export interface GrpcOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly definitions: PackageDefinition;
  readonly methods: readonly Method[];
  readonly service: Service;
  readonly watches: WatchServer;
  readonly clock: Clock;
}

/** Serves gRPC without TLS. Rejects if the address cannot be listened on. */
export async function startGrpc(options: GrpcOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = new Server({ "grpc.max_receive_message_length": maxMessageBytes });
  const names = new Set(options.methods.map(({ service }) => service));
  for (const name of names) {
    const methods = options.methods.filter(({ service }) => service === name);
    server.addService(tolerant(serviceDefinition(options.definitions, name)), handlers(methods));
  }
  const watch = serviceDefinition(options.definitions, "etcdserverpb.Watch");
  server.addService(tolerant(watch), { Watch: watchHandler(options.watches, malformed) });
  const health = serviceDefinition(options.definitions, "grpc.health.v1.Health");
  server.addService(tolerant(health), { Check: unary(() => check(options.service)) });

  const address = `${options.host.includes(":") ? `[${options.host}]` : options.host}:${options.port}`;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, close: () => close(server, options.clock) };
}

const handlers = (methods: readonly Method[]): UntypedServiceImplementation =>
  Object.fromEntries(methods.map(({ name, call }) => [name, unary(call)]));

const check = async (service: Service) => ({ status: (await service.healthy()) ? "SERVING" : "NOT_SERVING" });

function unary(method: Method["call"]): handleUnaryCall<unknown, object> {
  return (call, callback) => {
    const answer =
      call.request === malformed ? Promise.reject(new ApiError("malformed")) : method(call.request as never);
    answer.then(
      (response) => callback(null, response),
      (reason) => {
        const { grpc, message } = ApiError.from(reason);
        callback({ code: grpc, details: message });
      },
    );
  };
}

/** The service with bytes that do not decode handed to the method as `malformed`: grpc-js would call them INTERNAL. */
function tolerant(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      try {
        return method.requestDeserialize(bytes);
      } catch {
        return malformed;
      }
    };
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods);
}

function close(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(millis(closeGraceMs), () => server.forceShutdown());
    server.tryShutdown(() => {
      cancel();
      resolve();
    });
  });
}
