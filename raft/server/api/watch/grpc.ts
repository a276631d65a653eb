import type { handleBidiStreamingCall, ServerDuplexStream } from "@grpc/grpc-js";
import { ApiError } from "../errors.ts";
import type { WatchServer } from "./server.ts";
import type { WatchRequestWire, WatchResponseWire } from "./wire.ts";

type Call = ServerDuplexStream<WatchRequestWire | symbol, WatchResponseWire>;

/**
 * gRPC's side of the method Watch. Requests are not read while the client does not read responses. A client that has
 * sent its last request goes on getting events. `malformed` stands for a request whose bytes do not decode.
 */
export function watchHandler(
  server: WatchServer,
  malformed: symbol,
): handleBidiStreamingCall<WatchRequestWire | symbol, WatchResponseWire> {
  return (call) => {
    const needsLeader = call.metadata.get("hasleader").includes("true");
    const end = (error: ApiError) => endWith(call, error);
    const send = (response: WatchResponseWire) => {
      const writable = call.write(response);
      if (!writable) call.pause();
      return writable;
    };
    const session = server.open({ send, end }, needsLeader);
    if (session === undefined) return;
    const close = () => server.closed(session);
    call.on("data", (request: WatchRequestWire | symbol) => {
      if (request !== malformed) {
        session.receive(request as WatchRequestWire);
        return;
      }
      close();
      end(new ApiError("malformed"));
    });
    call.on("drain", () => {
      call.resume();
      session.drained();
    });
    call.on("cancelled", close);
    call.on("error", close);
  };
}

function endWith(call: Call, { grpc, message }: ApiError): void {
  call.emit("error", { code: grpc, details: message });
}
