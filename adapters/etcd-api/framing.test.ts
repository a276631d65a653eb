import { describe, expect, it } from "vitest";
import { endingIn, endingWithoutStatus } from "./framing.ts";
import { reason } from "./http2/frames.ts";
import { status } from "./status.ts";

describe("a stream without a status of gRPC's", () => {
  it.each([
    ["refused before an answer began", undefined, reason.refusedStream, status.UNAVAILABLE, true],
    ["refused after it had begun: it was taken", "200", reason.refusedStream, status.UNAVAILABLE, undefined],
    ["canceled", undefined, reason.cancel, status.CANCELLED, undefined],
    ["ended without a word", undefined, reason.none, status.INTERNAL, undefined],
    ["with an error of HTTP's", "503", reason.none, status.UNAVAILABLE, undefined],
  ])("that was %s", (_, httpStatus, code, expected, isUntaken) => {
    const ending = endingWithoutStatus(httpStatus, code);
    expect([ending.code, ending.isUntaken]).toEqual([expected, isUntaken]);
  });
});

describe("a status of gRPC's", () => {
  it.each([
    ["0", status.OK],
    ["14", status.UNAVAILABLE],
    ["", status.UNKNOWN],
    [" ", status.UNKNOWN],
    ["0x0", status.UNKNOWN],
    ["-1", status.UNKNOWN],
  ])("'%s' is %i", (text, code) => {
    expect(endingIn({ "grpc-status": text })?.code).toBe(code);
  });
});
