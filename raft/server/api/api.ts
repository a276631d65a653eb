import type { Clock } from "../../../core/clock.ts";
import type { Mutant } from "../../core/mutants.ts";
import type { Replica } from "../replica.ts";
import { loadDefinitions } from "./definitions.ts";
import { startGateway } from "./gateway.ts";
import { startGrpc } from "./grpc.ts";
import { methods } from "./methods.ts";
import { Service } from "./service.ts";

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
  readonly mutants?: ReadonlySet<Mutant>;
}

export interface Api {
  readonly clientPort: number;
  readonly gatewayPort?: number;
  /** Ends every connection; calls under way have half a second to be answered. */
  close(): Promise<void>;
}

/** Serves clients of `replica`. Rejects where an address cannot be listened on. */
export async function startApi({ clock, ...options }: ApiOptions): Promise<Api> {
  const { listenClient, listenGateway, ...served } = options;
  const service = new Service({ ...served, clock });
  const common = { definitions: loadDefinitions(), methods: methods(service), service };
  const grpc = await startGrpc({ ...common, ...listenClient, clock });
  if (listenGateway === undefined) return { clientPort: grpc.port, close: grpc.close };
  try {
    const gateway = await startGateway({ ...common, ...listenGateway });
    return {
      clientPort: grpc.port,
      gatewayPort: gateway.port,
      close: async () => {
        await Promise.all([grpc.close(), gateway.close()]);
      },
    };
  } catch (reason) {
    await grpc.close();
    throw reason;
  }
}
