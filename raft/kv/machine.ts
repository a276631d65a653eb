import { assert } from "../../core/assert.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { type Command, decodeCommand } from "./command.ts";
import { Proposals } from "./proposals.ts";
import type { KvResult } from "./request.ts";
import { Store, type StoreFlaw } from "./store.ts";

export interface MachineOptions {
  /** Mutant `apply-twice`: a command that is in the log twice is applied twice. */
  readonly applyTwice?: boolean;
  /** Mutants of the store: what it does wrong. */
  readonly flaw?: StoreFlaw | undefined;
}

/** Writes are dropped, or share a revision, at one entry in fifty; a compaction goes wrong every time. */
const flawEvery = 50;

/** Outcome of a command; `proposer`, `incarnation` and `sequence` are its own. */
export interface Applied {
  readonly proposer: number;
  readonly incarnation: number;
  readonly sequence: number;
  readonly result: KvResult;
  /** True if it had been applied before, or was superseded: it changed nothing now. */
  readonly duplicate: boolean;
}

interface Parts {
  readonly store: Store;
  readonly proposals: Proposals;
  readonly applied: number;
}

const snapshotVersion = 1;

/** The replicated state: what every member reaches by applying the same commands in the order of the log. */
export class StateMachine {
  readonly store: Store;
  readonly #proposals: Proposals;
  readonly #applyTwice: boolean;
  readonly #flaw: StoreFlaw | undefined;
  #applied: number;

  constructor(
    options: MachineOptions = {},
    parts: Parts = { store: new Store(), proposals: new Proposals(), applied: 0 },
  ) {
    this.store = parts.store;
    this.#proposals = parts.proposals;
    this.#applied = parts.applied;
    this.#applyTwice = options.applyTwice ?? false;
    this.#flaw = options.flaw;
  }

  /** Index in the log of the last command that was applied. */
  applied(): number {
    return this.#applied;
  }

  /** `data` is an encoded Command; throws a CodecError if it is not, and then nothing has changed. */
  apply(index: number, data: Uint8Array): Applied {
    assert(index > this.#applied, `entry ${index} comes after ${this.#applied} was applied`);
    const command = decodeCommand(data);
    this.#applied = index;
    const { proposer, incarnation, sequence } = command;
    return { proposer, incarnation, sequence, ...this.#effect(command) };
  }

  /**
   * The result of a command of this log, undefined if it was not applied or was settled: how a proposer learns what
   * became of its command when it got a snapshot instead of the entries.
   */
  result(proposer: number, incarnation: number, sequence: number): KvResult | undefined {
    return this.#proposals.result(proposer, incarnation, sequence);
  }

  /** The state as bytes. */
  encodeSnapshot(): Uint8Array {
    const parts = this.encodeInParts();
    for (;;) {
      const part = parts.next();
      if (part.done === true) return part.value;
    }
  }

  /** What `encodeSnapshot` gives at this moment, made a part at each step of the generator: commands may be applied in between. */
  encodeInParts(bytesExpected = 1 << 16): Generator<void, Uint8Array> {
    const writer = new ByteWriter(bytesExpected);
    writer.byte(snapshotVersion);
    writer.natural(this.#applied);
    this.#proposals.encode(writer);
    return finished(writer, this.store.encode(writer));
  }

  /** Throws a CodecError if the bytes are not what `encodeSnapshot` wrote. */
  static decodeSnapshot(data: Uint8Array, options: MachineOptions = {}): StateMachine {
    const reader = new ByteReader(data);
    if (reader.byte() !== snapshotVersion) throw reader.error(`a snapshot of version ${snapshotVersion}`);
    const applied = reader.natural();
    const proposals = Proposals.decode(reader);
    const store = Store.decode(reader);
    reader.end();
    return new StateMachine(options, { store, proposals, applied });
  }

  #effect(command: Command): Pick<Applied, "result" | "duplicate"> {
    const admitted = this.#applyTwice ? "fresh" : this.#proposals.admit(command);
    if (admitted === "superseded") {
      return { result: { ok: false, revision: this.store.revision, error: "superseded" }, duplicate: true };
    }
    if (admitted !== "fresh") return { result: admitted, duplicate: true };
    const strikes = command.request.type === "compact" || this.#applied % flawEvery === 0;
    const result = this.store.execute(command.request, strikes ? this.#flaw : undefined);
    if (!this.#applyTwice) this.#proposals.remember(command, result);
    return { result, duplicate: false };
  }
}

function* finished(writer: ByteWriter, parts: Generator<void, void>): Generator<void, Uint8Array> {
  yield* parts;
  return writer.finish();
}
