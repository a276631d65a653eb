import { ByteReader, ByteWriter } from "./bytes.ts";
import type { WriteRequest } from "./request.ts";
import { readWriteRequest, writeRequest } from "./request-codec.ts";

/**
 * An entry of the replicated log. A proposer that does not know what became of a command sends it again under the same
 * incarnation and sequence: it is applied at most once.
 */
export interface Command {
  /** The member that a client gave the request to. */
  readonly proposer: number;
  /** Number of that member's process: rises at each start. */
  readonly incarnation: number;
  /** Number from 1, a new one for each request of the incarnation. */
  readonly sequence: number;
  /**
   * Every sequence up to this one is settled: its proposer has the answer or gave up on it, and never sends it again.
   * Its result need not be remembered. Below `sequence`; 0: none is.
   */
  readonly settled: number;
  readonly request: WriteRequest;
}

const version = 1;

export function encodeCommand({ proposer, incarnation, sequence, settled, request }: Command): Uint8Array {
  const writer = new ByteWriter(
    request.type === "put" ? 64 + request.key.length + request.value.length : 256,
  );
  writer.byte(version);
  writer.natural(proposer);
  writer.natural(incarnation);
  writer.natural(sequence);
  writer.natural(settled);
  writeRequest(writer, request);
  return writer.finish();
}

/** Throws a CodecError if the bytes are not what `encodeCommand` wrote. */
export function decodeCommand(bytes: Uint8Array): Command {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== version) throw reader.error(`a command of version ${version}`);
  const proposer = reader.natural();
  const incarnation = reader.natural();
  const sequence = reader.natural();
  const settled = reader.natural();
  if (settled >= sequence) throw reader.error("a settled sequence below the command's own");
  const request = readWriteRequest(reader);
  reader.end();
  return { proposer, incarnation, sequence, settled, request };
}
