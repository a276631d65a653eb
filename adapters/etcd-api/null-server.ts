import { createServer, type ServerHttp2Stream } from "node:http2";
import { listenAnywhere } from "../null-server.ts";
import { encodeFrame } from "./framing.ts";
import { header, methods } from "./methods.ts";
import { message } from "./protobuf.ts";

/** A header alone: nothing found, put done, comparison refused, nothing deleted. */
const answer = encodeFrame(message({ header: [1, header] }), {
  header: { memberId: "1", revision: "1", raftTerm: "1" },
});
const answered: ReadonlySet<string> = new Set(
  [methods.range, methods.put, methods.txn, methods.deleteRange].map(({ path }) => path),
);

/** `Adapter.nullServer` of etcd's v3 API. */
export function nullServer(): Promise<number> {
  const server = createServer();
  server.on("session", (session) => session.on("error", () => {}));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    stream.resume();
    if (answered.has(`${headers[":path"]}`)) stream.on("end", () => respond(stream));
  });
  return listenAnywhere(server);
}

function respond(stream: ServerHttp2Stream): void {
  if (stream.destroyed) return;
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(answer);
}
