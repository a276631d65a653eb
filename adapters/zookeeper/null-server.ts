import { createServer, type Socket } from "node:net";
import { listenAnywhere } from "../null-server.ts";
import { zkCode } from "./errors.ts";
import { JuteReader, JuteWriter } from "./jute.ts";
import { root } from "./paths.ts";
import { opcode } from "./requests.ts";

/** `Adapter.nullServer` of ZooKeeper: has the root alone, takes every write of a node, refuses transactions. */
export function nullServer(): Promise<number> {
  const server = createServer((socket) => {
    let isConnected = false;
    let rest: Buffer = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const end = 4 + rest.readInt32BE(0);
        const reply = isConnected
          ? replyTo(new JuteReader(rest.subarray(4, end)))
          : connected(rest.subarray(4, end));
        isConnected = true;
        rest = rest.subarray(end);
        if (reply !== undefined) send(socket, reply);
      }
    });
  });
  return listenAnywhere(server);
}

function send(socket: Socket, frame: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  socket.write(Buffer.concat([length, frame]));
}

/** A session as the client asked for it. */
function connected(frame: Buffer): Buffer {
  const asked = new JuteReader(frame);
  asked.int();
  asked.long();
  return new JuteWriter().int(0).int(asked.int()).long(1n).buffer(Buffer.alloc(16)).bool(false).bytes();
}

/** Undefined of a request that a load does not ask. */
function replyTo(request: JuteReader): Buffer | undefined {
  const number = request.int();
  const reply = (error: number) => new JuteWriter().int(number).long(1n).int(error);
  switch (request.int()) {
    case opcode.getData: {
      const isRoot = request.text() === root;
      return (isRoot ? stat(reply(zkCode.ok).buffer(Buffer.alloc(0))) : reply(zkCode.noNode)).bytes();
    }
    case opcode.exists:
    case opcode.setData:
      return stat(reply(zkCode.ok)).bytes();
    case opcode.create:
      return stat(reply(zkCode.ok).text(request.text())).bytes();
    case opcode.getChildren:
      return stat(reply(zkCode.ok).vector([], () => {})).bytes();
    case opcode.sync:
      return reply(zkCode.ok).text(request.text()).bytes();
    case opcode.multi:
      return reply(zkCode.noNode).bytes();
    case opcode.ping:
    case opcode.closeSession:
      return reply(zkCode.ok).bytes();
    default:
      return undefined;
  }
}

/** The record of a node that was made and changed at zxid 1. */
const stat = (body: JuteWriter): JuteWriter =>
  body.long(1n).long(1n).long(0n).long(0n).int(0).int(0).int(0).long(0n).int(0).int(0).long(1n);
