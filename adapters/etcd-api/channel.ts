/** A gRPC channel to one node that can be left for good: with its sockets, whatever the node does. */
import type { Socket } from "node:net";
import {
  type CallCredentials,
  ChannelCredentials,
  type ChannelOptions,
  credentials,
  type experimental,
  Client as GrpcClient,
} from "@grpc/grpc-js";
import type { Tls } from "../adapter.ts";

/** A healed link is found again within the longest of these. */
export const reconnectMs = { first: 50, longest: 200 };

const channelOptions = {
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
  // Another client's channel to the same node must not share its connection, nor its back-off.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": reconnectMs.first,
  "grpc.max_reconnect_backoff_ms": reconnectMs.longest,
  "grpc.enable_http_proxy": 0,
  // The server's limits are what is tried; a limit of the client's own would be reported as the server's.
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.enable_channelz": 0,
};

export class Channel {
  readonly client: GrpcClient;
  readonly #sockets = new Sockets();
  #calls = 0;
  #retired = false;

  constructor(address: string, tls: Tls | undefined) {
    const tracked = new TrackedCredentials(credentialsOf(tls), this.#sockets);
    this.client = new GrpcClient(address, tracked, channelOptions);
  }

  /** A call begins; the result ends it. */
  enter(): () => void {
    this.#calls++;
    return () => {
      this.#calls--;
      if (this.#retired && this.#calls === 0) this.#sockets.destroy();
    };
  }

  /** Takes no more calls, and goes when those that are on it are over. */
  retire(): void {
    this.#retired = true;
    this.client.close();
    if (this.#calls === 0) this.#sockets.destroy();
  }

  /** Goes at once. */
  destroy(): void {
    this.#retired = true;
    this.client.close();
    this.#sockets.destroy();
  }
}

/**
 * The sockets of a channel. gRPC closes a connection by saying so and waiting for the other side, which a paused node or
 * a cut link lets last as long as it likes: thousands of clients would keep thousands of descriptors.
 */
class Sockets {
  readonly #open = new Set<Socket>();
  #destroyed = false;

  add(socket: Socket): void {
    if (this.#destroyed) {
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
  }

  destroy(): void {
    this.#destroyed = true;
    for (const socket of this.#open) socket.destroy();
  }
}

type SecureConnector = experimental.SecureConnector;

/** Credentials that show the sockets that they were used on. */
class TrackedCredentials extends ChannelCredentials {
  readonly #inner: ChannelCredentials;
  readonly #sockets: Sockets;

  constructor(inner: ChannelCredentials, sockets: Sockets) {
    super();
    this.#inner = inner;
    this.#sockets = sockets;
  }

  override _isSecure(): boolean {
    return this.#inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    target: experimental.GrpcUri,
    options: ChannelOptions,
    callCredentials?: CallCredentials,
  ): SecureConnector {
    const connector = this.#inner._createSecureConnector(target, options, callCredentials);
    return {
      connect: async (tcp) => {
        const result = await connector.connect(tcp);
        this.#sockets.add(result.socket);
        return result;
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}

function credentialsOf(tls: Tls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(Buffer.from(tls.ca), pem(tls.key), pem(tls.certificate));
}
