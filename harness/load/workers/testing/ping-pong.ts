// Counts up in turn with another process, each step an operation in this one's part of a history. Usage:
// ping-pong.ts PART BEGIN ROUNDS PROCESS SOCKET; the one with process 0 listens and begins.
import { connect, createServer, type Socket } from "node:net";
import { nodeId } from "../../../../core/op.ts";
import { realClock } from "../../../../core/real-clock.ts";
import { nanos } from "../../../../core/time.ts";
import { PartFile } from "../../../record/part-file.ts";
import { Recorder } from "../../../record/recorder.ts";

const [, , path = "", begin, rounds, process0, socket = ""] = process.argv;
const id = Number(process0);
const part = new PartFile(path);
const recorder = new Recorder(realClock(), (event) => part.append(event), false);
recorder.begin(nanos(Number(begin)));

/** The step to `value` is over before anybody hears of it. */
function step(value: number, peer: Socket): void {
  const call = { f: "increment", key: "counter", value };
  recorder.invoke(id, call, nodeId("n1"));
  recorder.complete(id, call, nodeId("n1"), { type: "ok", output: { value } });
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  peer.write(bytes);
}

function play(peer: Socket): void {
  peer.setNoDelay(true);
  peer.on("data", (bytes) => {
    const value = Buffer.from(bytes).readUInt32LE();
    if (value < Number(rounds)) step(value + 1, peer);
    if (value + 1 >= Number(rounds)) {
      part.flush();
      peer.end();
    }
  });
  peer.on("end", () => {
    part.flush();
    peer.end();
  });
}

if (id === 0) {
  const server = createServer((peer) => {
    server.close();
    play(peer);
    step(1, peer);
  });
  server.listen(socket, () => console.log("listening"));
} else {
  play(connect(socket));
}
