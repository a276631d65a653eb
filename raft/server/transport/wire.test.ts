import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodecError } from "../../kv/bytes.ts";
import { encodeFrame, FrameReader, type WireFrame } from "./wire.ts";

const payload = fc.uint8Array({ maxLength: 200 });
const frame: fc.Arbitrary<WireFrame> = fc.oneof(
  fc.record({
    kind: fc.constant("hello" as const),
    clusterId: fc.maxSafeNat(),
    from: fc.nat(),
    to: fc.nat(),
    clientUrls: fc.array(fc.webUrl(), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constantFrom("message" as const, "part" as const, "last-part" as const), payload }),
  fc.record({ kind: fc.constantFrom("welcome" as const, "ping" as const, "pong" as const) }),
);
/** The same frame with plain arrays, whatever kind of view its payload is. */
const plain = (value: WireFrame) => ("payload" in value ? { ...value, payload: [...value.payload] } : value);

describe("frames on the wire", () => {
  it("come out as they went in, however the stream was cut", () => {
    fc.assert(
      fc.property(
        fc.array(frame),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (frames, sizes) => {
          const stream = Buffer.concat(frames.map(encodeFrame));
          const reader = new FrameReader();
          const received: WireFrame[] = [];
          for (let offset = 0, i = 0; offset < stream.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            received.push(...reader.push(stream.subarray(offset, offset + size)));
            offset += size;
          }
          expect(received.map(plain)).toEqual(frames.map(plain));
        },
      ),
    );
  });

  it("are refused where they are too long, of an unknown kind, or of another protocol", () => {
    const push = (bytes: Buffer) => [...new FrameReader().push(bytes)];
    expect(() => push(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toThrow(CodecError);
    expect(() => push(Buffer.from([0, 0, 0, 0, 0]))).toThrow(CodecError);
    expect(() => push(Buffer.from([1, 0, 0, 0, 99]))).toThrow("a frame of kind 99");
    expect(() => push(Buffer.from([2, 0, 0, 0, 5, 0]))).toThrow("a ping with content");
    expect(() => push(Buffer.from([2, 0, 0, 0, 0, 0]))).toThrow(CodecError);
  });

  it("never fail otherwise than by a CodecError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 80 }), (random) => {
        const bytes = Buffer.from(random);
        bytes.writeUInt32LE(bytes.length - 4, 0);
        try {
          [...new FrameReader().push(bytes)];
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
    );
  });
});
