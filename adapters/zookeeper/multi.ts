import { zkError } from "./errors.ts";
import type { JuteReader, JuteWriter } from "./jute.ts";
import { opcode, type Request } from "./requests.ts";

/** All or nothing. Answers with each part's reply, in order, or with the error of the part that was refused. */
export function multi(parts: readonly Request<unknown>[]): Request<readonly unknown[]> {
  return {
    opcode: opcode.multi,
    what: `multi of ${parts.map(({ what }) => what).join(", ")}`,
    write: (body) => {
      for (const part of parts) {
        writeMultiHeader(body, part.opcode, false);
        part.write(body);
      }
      writeMultiHeader(body, -1, true);
    },
    read: (body) => readMulti(body, parts),
  };
}

function readMulti(body: JuteReader, parts: readonly Request<unknown>[]): readonly unknown[] {
  const replies: unknown[] = [];
  for (const part of parts) {
    const type = body.int();
    body.bool();
    body.int();
    // The parts before the one that was refused say 0, those after it that they were not tried.
    const error = type === refused ? body.int() : 0;
    if (error !== 0) throw zkError(error, part.what);
    // Before 3.9 a server answers a create in a multi as the plain one, which has no Stat.
    if (type === plainCreate) replies.push({ path: body.text() });
    else if (type !== refused) replies.push(part.read(body));
  }
  return replies;
}

/** Instead of an opcode: the part's reply is an error. */
const refused = -1;
const plainCreate = 1;

function writeMultiHeader(body: JuteWriter, type: number, done: boolean): void {
  body.int(type).bool(done).int(-1);
}
