import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { openSocket } from "../client/socket.ts";

/** A TCP or TLS connection that carries frames: four bytes of length, then that many bytes. */
export interface Wire {
  send(frame: Uint8Array): void;
  /** Stops reading from the network, or goes on. What has been read already still comes. */
  pause(paused: boolean): void;
  /** Closes at once; `closed` is not called. */
  destroy(): void;
}

export interface WireEvents {
  frame(frame: Buffer): void;
  /** The connection is gone: why, for people. Called once. */
  closed(reason: string): void;
}

/** A reply that claims to be longer is not ZooKeeper's: some other server talks. */
const replyBytesMax = 256 << 20;

/** Never throws: a connection that cannot be made is one that closes. What is sent before it is up follows then. */
export function openWire(
  endpoint: Endpoint,
  options: Pick<ConnectOptions, "tls" | "localAddress">,
  events: WireEvents,
): Wire {
  const socket = openSocket(endpoint, options);
  let reason: string | undefined;
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("data", (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && !socket.destroyed) {
      const length = rest.readInt32BE(0);
      if (length < 0 || length > replyBytesMax) {
        socket.destroy(new Error("not a ZooKeeper server: its reply could not be read"));
        return;
      }
      if (rest.length < 4 + length) return;
      const frame = rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
      events.frame(frame);
    }
  });
  socket.on("error", (error) => {
    reason ??= error.message;
  });
  socket.on("close", () => events.closed(reason ?? "it closed the connection"));
  return {
    send(frame) {
      const length = Buffer.allocUnsafe(4);
      length.writeInt32BE(frame.length);
      // One write, and so one packet and one system call where it fits.
      socket.write(Buffer.concat([length, frame]));
    },
    pause(paused) {
      if (paused) socket.pause();
      else socket.resume();
    },
    destroy() {
      socket.removeAllListeners("close");
      socket.removeAllListeners("data");
      socket.destroy();
    },
  };
}
