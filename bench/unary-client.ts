/**
 * The least that a gRPC client can be: one HTTP/2 connection, unary calls, no reading of answers. A whole gRPC library
 * takes more of the machine than the server that is to be measured.
 */
import { type ClientHttp2Session, connect } from "node:http2";

export interface UnaryClient {
  put(key: string, value: string): Promise<void>;
  range(key: string, serializable: boolean): Promise<void>;
  close(): void;
}

/** Calls reject where the server answers with any other status than OK. */
export async function openUnaryClient(port: number): Promise<UnaryClient> {
  const session = connect(`http://127.0.0.1:${port}`);
  await new Promise<void>((resolve, reject) => {
    session.once("connect", () => resolve());
    session.once("error", reject);
  });
  return {
    put: (key, value) => call(session, "Put", Buffer.concat([bytesField(1, key), bytesField(2, value)])),
    range: (key, serializable) => {
      const flag = serializable ? Buffer.from([7 << 3, 1]) : Buffer.alloc(0);
      return call(session, "Range", Buffer.concat([bytesField(1, key), flag]));
    },
    close: () => session.close(),
  };
}

function call(session: ClientHttp2Session, method: string, message: Buffer): Promise<void> {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": `/etcdserverpb.KV/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const settle = (headers: { "grpc-status"?: string | string[] | undefined }) => {
      const status = headers["grpc-status"];
      if (status === undefined) return;
      if (status === "0") resolve();
      else reject(new Error(`${method}: status ${status}`));
    };
    stream.on("response", settle);
    stream.on("trailers", settle);
    stream.on("error", reject);
    stream.on("close", () => reject(new Error(`${method}: ended without a status`)));
    stream.resume();
    stream.end(Buffer.concat([prefix, message]));
  });
}

/** A protobuf field of bytes. */
function bytesField(number: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
