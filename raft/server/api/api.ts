import type { Clock } from "../../../core/clock.ts";
import type { Mutant } from "../../core/mutants.ts";
import type { Replica } from "../replica.ts";
import { loadDefinitions } from "./definitions.ts";
import { startGateway } from "./gateway.ts";
import { startGrpc } from "./grpc.ts";
import { methods } from "./methods.ts";
import { maxRequestBytes, Service } from "./service.ts";
import { slowDown } from "./slow-down.ts";
import { WatchServer } from "./watch/server.ts";

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface ApiOptions {
  readonly replica: Replica;
  /** Address of etcd's v3 gRPC API. */
  readonly listenClient: Address;
  /** Address of the same API as JSON over HTTP; absent: not served. */
  readonly listenGateway?: Address;
  readonly clock: Clock;
  /** Time that a request may wait for a quorum before the answer is a timeout. */
  readonly requestTimeoutMs: number;
  /** Time between two progress notifications of a quiet watch that wants them. */
  readonly watchProgressMs: number;
  /** How much longer each request takes than it would, in percent; default: 0. */
  readonly slowDownPercent?: number;
  readonly mutants?: ReadonlySet<Mutant>;
}

export interface Api {
  readonly clientPort: number;
  readonly gatewayPort?: number;
  /** Ends every connection; calls under way have half a second to be answered. */
  close(): Promise<void>;
}

/** Serves clients of `replica`. Rejects where an address cannot be listened on. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { listenClient, listenGateway, clock, replica, watchProgressMs, slowDownPercent = 0 } = options;
  const service = new Service(options);
  const watches = new WatchServer({
    replica,
    clock,
    progressIntervalMs: watchProgressMs,
    fragmentBytes: maxRequestBytes,
  });
  const served = slowDown(methods(service), slowDownPercent, clock);
  const common = { definitions: loadDefinitions(), methods: served, service, watches };
  const grpc = await startGrpc({ ...common, ...listenClient, clock }).catch((reason) => {
    watches.close();
    throw reason;
  });
  const closeGrpc = () => {
    watches.close();
    return grpc.close();
  };
  if (listenGateway === undefined) return { clientPort: grpc.port, close: closeGrpc };
  try {
    const gateway = await startGateway({ ...common, ...listenGateway });
    return {
      clientPort: grpc.port,
      gatewayPort: gateway.port,
      close: async () => {
        await Promise.all([closeGrpc(), gateway.close()]);
      },
    };
  } catch (reason) {
    await closeGrpc();
    throw reason;
  }
}
