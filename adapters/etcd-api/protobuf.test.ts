import type { MethodDefinition, ServiceDefinition } from "@grpc/proto-loader";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./framing.ts";
import { type Method, methods } from "./methods.ts";
import { decodeMessage, message } from "./protobuf.ts";
import { loadProto, withEtcdNames } from "./testing/proto.ts";

const services = loadProto({
  longs: String,
  enums: String,
  bytes: Buffer,
});

/** The same method by another library, out of etcd.proto. */
function byTheLibrary({ path }: Pick<Method<never, unknown>, "path">): MethodDefinition<object, object> {
  const [, service = "", name = ""] = path.split("/");
  return (services[service] as ServiceDefinition)[name] as MethodDefinition<object, object>;
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const text = fc.string({ unit: "binary" });
const header = fc.record({ memberId: uint64, revision: int64, raftTerm: uint64 });
const put = fc.record({ key: bytes, value: bytes, lease: int64 });

const requests = {
  range: fc.record({ key: bytes, rangeEnd: bytes, serializable: fc.constant(true) }),
  put,
  txn: fc.record({
    compare: fc.array(
      fc.oneof(
        fc.record({
          result: fc.constant("EQUAL"),
          target: fc.constant("VALUE"),
          key: bytes,
          value: bytes,
        }),
        fc.record({
          result: fc.constant("EQUAL"),
          target: fc.constant("CREATE"),
          key: bytes,
          createRevision: int64,
        }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    success: fc.array(
      fc.oneof(
        put.map((requestPut) => ({ requestPut })),
        bytes.map((key) => ({ requestDeleteRange: { key } })),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  leaseGrant: fc.record({ ttl: int64 }),
  moveLeader: fc.record({ targetId: uint64 }),
  compact: fc.record({ revision: int64, physical: fc.constant(true) }),
  authenticate: fc.record({ name: text, password: text }),
} as const;

const answers = {
  range: fc.record({
    header,
    kvs: fc.array(fc.record({ key: bytes, value: bytes, modRevision: int64 }), { maxLength: 5 }),
  }),
  txn: fc.record({
    header,
    succeeded: fc.boolean(),
    responses: fc.array(
      int64.map((deleted) => ({ responseDeleteRange: { deleted } })),
      { maxLength: 3 },
    ),
  }),
  deleteRange: fc.record({ header, deleted: int64 }),
  hashKv: fc.record({ hash: fc.nat(2 ** 32 - 1), compactRevision: int64 }),
  status: fc.record({ header, version: text, leader: uint64, raftTerm: uint64, logSyncs: int64 }),
  memberList: fc.record({
    members: fc.array(
      fc.record({ id: uint64, name: text, peerUrls: fc.array(text), isLearner: fc.boolean() }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  leaseKeepAlive: fc.record({ id: int64, ttl: int64 }),
} as const;

type Named = Readonly<Record<string, Method<never, unknown>>>;

describe("a message of etcd's", () => {
  it.each(Object.entries(requests))(
    "%s: another library reads the request that was written",
    (name, request) => {
      const method = (methods as Named)[name] as Method<object, unknown>;
      const library = byTheLibrary(method);
      fc.assert(
        fc.property(request as fc.Arbitrary<object>, (value) => {
          const frame = decodeFrame(method.encode(value)) as Buffer;
          // What it wrote itself, so that both leave out the same defaults.
          const expected = library.requestDeserialize(library.requestSerialize(withEtcdNames(value)));
          expect(library.requestDeserialize(frame)).toEqual(expected);
        }),
      );
    },
  );

  it.each(Object.entries(answers))("%s: the answer that another library wrote is read", (name, answer) => {
    const method = (methods as Named)[name] as Method<never, unknown>;
    const library = byTheLibrary(method);
    fc.assert(
      fc.property(answer as fc.Arbitrary<object>, (value) => {
        expect(method.decode(library.responseSerialize(withEtcdNames(value)))).toEqual(value);
      }),
    );
  });

  it("is refused where it ends too early, at whatever byte", () => {
    const whole = byTheLibrary(methods.put).responseSerialize({ header: { memberId: "7", revision: "300" } });
    expect(methods.put.decode(whole).header).toMatchObject({ memberId: "7", revision: "300" });
    for (let length = 0; length < whole.length; length++)
      expect(() => methods.put.decode(whole.subarray(0, length))).toThrow(RangeError);
  });

  it("has defaults for what is absent, and skips what it does not know", () => {
    const small = message({
      id: [1, "int64"],
      name: [2, "string"],
      on: [3, "bool"],
      names: [4, "string", "repeated"],
    });
    // Fields 9 to 12: a number, eight bytes, a text, four bytes.
    const unknown = Buffer.from([72, 200, 1, 81, 1, 2, 3, 4, 5, 6, 7, 8, 90, 1, 65, 101, 1, 2, 3, 4]);
    expect(decodeMessage(small, unknown)).toEqual({ id: "0", name: "", on: false, names: [] });
    const within = message({ small: [1, small, "optional"] });
    expect(decodeMessage(within, unknown)).toEqual({});
    expect(decodeMessage(within, Buffer.from([10, 0]))).toEqual({
      small: { id: "0", name: "", on: false, names: [] },
    });
    // Field 1 as a text.
    expect(() => decodeMessage(small, Buffer.from([10, 1, 65]))).toThrow("wire type");
  });
});
