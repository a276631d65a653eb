import { assert } from "../../../core/assert.ts";
import { type Clock, sleep, withTimeout } from "../../../core/clock.ts";
import { millis } from "../../../core/time.ts";
import type { Mutant } from "../../core/mutants.ts";
import { memberId } from "../../core/types.ts";
import { isSingleKey } from "../../kv/key.ts";
import type { KvResponse, KvResult, RangeRequest, WriteRequest } from "../../kv/request.ts";
import { isReadOnly } from "../../kv/store.ts";
import { validate } from "../../kv/validate.ts";
import { type Replica, ReplicaError } from "../replica.ts";
import { ApiError, apiErrors } from "./errors.ts";
import {
  deleteRangeRequest,
  isSerializable,
  payloadBytes,
  putRequest,
  rangeRequest,
  txnRequest,
} from "./from-wire.ts";
import { deleteRangeResponse, putResponse, rangeResponse, responseHeader, txnResponse } from "./to-wire.ts";
import type {
  CompactionRequestWire,
  DeleteRangeRequestWire,
  DeleteRangeResponseWire,
  HashKvRequestWire,
  HashKvResponseWire,
  HeaderOnlyWire,
  HeaderWire,
  MemberListResponseWire,
  MoveLeaderRequestWire,
  PutRequestWire,
  PutResponseWire,
  RangeRequestWire,
  RangeResponseWire,
  StatusResponseWire,
  TxnRequestWire,
  TxnResponseWire,
} from "./wire.ts";

/** Version of the API that this server implements: etcd 3.4's. */
export const apiVersion = "3.4.0";

/** etcd's default: 1.5 MiB in one request that writes. */
export const maxRequestBytes = 1.5 * 1024 * 1024;

const transferPollMs = 5;

export interface ServiceOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  /** Time that a request may wait for a quorum before the answer is a timeout. */
  readonly requestTimeoutMs: number;
  readonly mutants?: ReadonlySet<Mutant>;
}

/** The API's methods, whatever transport carries them. Each rejects with an ApiError, a ReplicaError, or a bug's error. */
export class Service {
  readonly #replica: Replica;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;
  /** Planted bug: ranges of several keys are all served from this member's own state. */
  readonly #rangesLocally: boolean;
  /** Planted bug: a range at a compacted revision gets the current state. */
  readonly #readsCompacted: boolean;

  constructor({ replica, clock, requestTimeoutMs, mutants }: ServiceOptions) {
    this.#replica = replica;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#rangesLocally = mutants?.has("range-without-quorum") ?? false;
    this.#readsCompacted = mutants?.has("compacted-read-returns-current") ?? false;
  }

  async range(wire: RangeRequestWire): Promise<RangeResponseWire> {
    const request = rangeRequest(wire);
    refuseInvalid(validate(request));
    const isLocal = wire.serializable || (this.#rangesLocally && !isSingleKey(request));
    if (!isLocal) await this.#confirmRead();
    const { revision, response } = succeeded(this.#read(request), "range");
    return rangeResponse(this.#header(revision), response);
  }

  async put(wire: PutRequestWire): Promise<PutResponseWire> {
    const { revision, response } = succeeded(await this.#propose(putRequest(wire)), "put");
    return putResponse(this.#header(revision), response);
  }

  async deleteRange(wire: DeleteRangeRequestWire): Promise<DeleteRangeResponseWire> {
    const { revision, response } = succeeded(await this.#propose(deleteRangeRequest(wire)), "delete-range");
    return deleteRangeResponse(this.#header(revision), response);
  }

  async txn(wire: TxnRequestWire): Promise<TxnResponseWire> {
    const request = txnRequest(wire);
    let result: KvResult;
    if (isReadOnly(request)) {
      refuseInvalid(validate(request));
      if (!isSerializable(wire)) await this.#confirmRead();
      result = this.#replica.store.read(request);
    } else {
      result = await this.#propose(request);
    }
    const { revision, response } = succeeded(result, "txn");
    return txnResponse(this.#header(revision), response);
  }

  /** `physical` needs nothing: what is compacted is gone from the store when the answer comes. */
  async compact({ revision }: CompactionRequestWire): Promise<HeaderOnlyWire> {
    const result = succeeded(await this.#propose({ type: "compact", revision }), "compact");
    return { header: this.#header(result.revision) };
  }

  async status(): Promise<StatusResponseWire> {
    const status = this.#replica.status();
    const { bytes, logSyncs } = this.#replica.disk();
    return {
      header: this.#header(),
      version: apiVersion,
      dbSize: bytes,
      dbSizeInUse: bytes,
      leader: status.leader ?? 0,
      raftIndex: status.commit,
      raftTerm: status.term,
      raftAppliedIndex: this.#replica.applied(),
      errors: status.leader === undefined ? [apiErrors["no-leader"].message] : [],
      isLearner: this.#replica.members().some(({ id, learner }) => id === status.id && learner),
      logSyncs,
    };
  }

  async hashKv({ revision }: HashKvRequestWire): Promise<HashKvResponseWire> {
    const result = this.#replica.store.hash(revision);
    if (!result.ok) throw ApiError.ofRequest(result.error);
    return { header: this.#header(), hash: result.hash, compact_revision: result.compactRevision };
  }

  /** Nothing to do: the state is in memory. */
  async defragment(): Promise<HeaderOnlyWire> {
    return { header: this.#header() };
  }

  /** Resolves when the target leads. Only the leader takes it, and only for a voter. */
  async moveLeader({ targetID }: MoveLeaderRequestWire): Promise<HeaderOnlyWire> {
    const { leader, id } = this.#replica.status();
    if (leader !== id) throw new ApiError("not-leader");
    const target = this.#replica.members().find((member) => member.id === targetID && !member.learner);
    if (target === undefined) throw new ApiError("bad-transferee");
    this.#replica.transferLeadership(memberId(targetID));
    const end = this.#clock.now() + millis(this.#requestTimeoutMs);
    while (this.#replica.status().leader !== targetID) {
      if (this.#clock.now() >= end) throw new ApiError("transfer-timeout");
      await sleep(this.#clock, millis(transferPollMs));
    }
    return { header: this.#header() };
  }

  async memberList(): Promise<MemberListResponseWire> {
    const members = this.#replica.members().map((member) => ({
      ID: member.id,
      name: member.name,
      peerURLs: member.peerUrls,
      clientURLs: member.clientUrls,
      isLearner: member.learner,
    }));
    return { header: this.#header(), members };
  }

  /** Whether a quorum can be asked through this member. */
  async healthy(): Promise<boolean> {
    try {
      await this.#confirmRead();
      return true;
    } catch {
      return false;
    }
  }

  #read(request: RangeRequest): KvResult {
    const result = this.#replica.store.range(request);
    // The planted bug answers what it has.
    if (this.#readsCompacted && !result.ok && result.error === "compacted")
      return this.#replica.store.range({ ...request, revision: 0 });
    return result;
  }

  #propose(request: WriteRequest): Promise<KvResult> {
    refuseInvalid(validate(request));
    if (request.type !== "compact" && payloadBytes(request) > maxRequestBytes) {
      throw new ApiError("request-too-large");
    }
    return this.#inTime(this.#replica.propose(request));
  }

  #confirmRead(): Promise<void> {
    return this.#inTime(this.#replica.confirmRead());
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const limit = millis(this.#requestTimeoutMs);
    return withTimeout(
      this.#clock,
      limit,
      work,
      () => new ReplicaError("timeout", "no quorum answered in time"),
    );
  }

  #header(revision = this.#replica.store.revision): HeaderWire {
    return responseHeader(this.#replica, revision);
  }
}

function refuseInvalid(error: ReturnType<typeof validate>): void {
  if (error !== undefined) throw ApiError.ofRequest(error);
}

/** The response to a request of that type. Throws an ApiError if it was refused. */
function succeeded<T extends KvResponse["type"]>(
  result: KvResult,
  type: T,
): { revision: number; response: Extract<KvResponse, { type: T }> } {
  if (!result.ok) throw ApiError.ofRequest(result.error);
  const { revision, response } = result;
  assert(response.type === type, `a ${response.type} response to a ${type} request`);
  return { revision, response: response as Extract<KvResponse, { type: T }> };
}
