// A node of the smallest cluster there is, for the runtimes' tests. Its argument is `{id, dataDir, listen, peers}` as
// JSON. On `ask <peer> <word>` at its client port, it says the word to that peer over a connection that it keeps, and
// passes the peer's echo on as `echo <word>`; `heard` answers with every word that peers said to it, `starts` with the
// number of its starts on its data.
import { appendFileSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { id, dataDir, listen, peers } = JSON.parse(process.argv[2]);
appendFileSync(join(dataDir, "starts"), ".");
console.log(`${id} starts`);

const heard = [];
const connections = new Map();

function serve({ host, port }, onLine) {
  createServer((socket) => {
    socket.on("error", () => {});
    createInterface({ input: socket })
      .on("error", () => {})
      .on("line", (line) => onLine(line, socket));
  }).listen(port, host);
}

function connectionTo(peer) {
  let connection = connections.get(peer);
  if (connection !== undefined) return connection;
  connection = { waiting: new Map(), socket: connect(peers[peer]) };
  connections.set(peer, connection);
  const { socket, waiting } = connection;
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("close", () => connections.delete(peer));
  createInterface({ input: socket })
    .on("error", () => {})
    .on("line", (word) => waiting.get(word)?.(word));
  return connection;
}

serve(listen.peer, (word, socket) => {
  heard.push(word);
  socket.write(`${word}\n`);
});

serve(listen.client, (line, socket) => {
  const [verb, peer, word] = line.split(" ");
  if (verb === "heard") {
    socket.write(`heard ${heard.join(" ")}\n`);
    return;
  }
  if (verb === "starts") {
    socket.write(`starts ${readFileSync(join(dataDir, "starts")).length}\n`);
    return;
  }
  const connection = connectionTo(peer);
  connection.waiting.set(word, () => socket.write(`echo ${word}\n`));
  connection.socket.write(`${word}\n`);
});
