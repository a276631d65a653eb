import type { ByteReader, ByteWriter } from "./bytes.ts";
import type { Command } from "./command.ts";
import type { KvResult } from "./request.ts";
import { readResult, writeResult } from "./result-codec.ts";

interface Proposer {
  incarnation: number;
  /** Every sequence up to it is settled. */
  settled: number;
  /** Results of the applied sequences above `settled`. */
  results: Map<number, KvResult>;
}

/**
 * Which commands were applied, so that one which is in the log twice is applied once. Part of the replicated state.
 *
 * For each proposer only its latest incarnation is known, and of that only the results that it may still ask for: memory
 * is bounded by the requests that the members have under way.
 */
export class Proposals {
  readonly #proposers = new Map<number, Proposer>();

  /** Returns `fresh` for a command to apply. Any other is not applied: the result is the answer for its proposer. */
  admit({ proposer: id, incarnation, sequence, settled }: Command): "fresh" | "superseded" | KvResult {
    const proposer = this.#proposer(id, incarnation);
    if (incarnation < proposer.incarnation) return "superseded";
    if (settled > proposer.settled) settle(proposer, settled);
    if (sequence <= proposer.settled) return "superseded";
    return proposer.results.get(sequence) ?? "fresh";
  }

  /** The result of a command that was `fresh`. */
  remember({ proposer, incarnation, sequence }: Command, result: KvResult): void {
    this.#proposer(proposer, incarnation).results.set(sequence, result);
  }

  /** Result of a sequence; undefined if it was not applied, or was settled. */
  result(proposer: number, incarnation: number, sequence: number): KvResult | undefined {
    const known = this.#proposers.get(proposer);
    return known?.incarnation === incarnation ? known.results.get(sequence) : undefined;
  }

  encode(writer: ByteWriter): void {
    writer.natural(this.#proposers.size);
    // Sorted by number: members that heard of each other in another order still write the same bytes.
    for (const [id, { incarnation, settled, results }] of [...this.#proposers].sort(byNumber)) {
      writer.natural(id);
      writer.natural(incarnation);
      writer.natural(settled);
      writer.natural(results.size);
      for (const [sequence, result] of [...results].sort(byNumber)) {
        writer.natural(sequence);
        writeResult(writer, result);
      }
    }
  }

  /** Throws a CodecError if the bytes are not what `encode` wrote. */
  static decode(reader: ByteReader): Proposals {
    const proposals = new Proposals();
    for (let left = reader.count(); left > 0; left--) {
      const id = reader.natural();
      const proposer: Proposer = {
        incarnation: reader.natural(),
        settled: reader.natural(),
        results: new Map(),
      };
      for (let results = reader.count(); results > 0; results--) {
        proposer.results.set(reader.natural(), readResult(reader));
      }
      proposals.#proposers.set(id, proposer);
    }
    return proposals;
  }

  #proposer(id: number, incarnation: number): Proposer {
    const known = this.#proposers.get(id);
    if (known !== undefined && known.incarnation >= incarnation) return known;
    const started = { incarnation, settled: 0, results: new Map() };
    this.#proposers.set(id, started);
    return started;
  }
}

const byNumber = (a: readonly [number, unknown], b: readonly [number, unknown]): number => a[0] - b[0];

function settle(proposer: Proposer, settled: number): void {
  const { results } = proposer;
  // Whichever is shorter: usually a few sequences were settled, but their number is the proposer's to choose.
  if (settled - proposer.settled < results.size) {
    for (let sequence = proposer.settled + 1; sequence <= settled; sequence++) results.delete(sequence);
  } else {
    for (const sequence of results.keys()) if (sequence <= settled) results.delete(sequence);
  }
  proposer.settled = settled;
}
