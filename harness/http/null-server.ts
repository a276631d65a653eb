/** An HTTP server that answers at once, whatever is asked: it shows what an HTTP load can do at most. */
import { createServer } from "node:http";
import { listenAnywhere } from "../../adapters/null-server.ts";

/** Listens on 127.0.0.1; resolves with its port. It ends with its process. */
export const httpNullServer = (): Promise<number> =>
  listenAnywhere(
    createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(200, { "content-length": 2 }).end("{}"));
    }),
  );
