import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { statusError } from "./errors.ts";

describe("statusError", () => {
  it.each([
    [status.UNAVAILABLE, "etcdserver: request timed out", "timeout", false],
    [
      status.UNAVAILABLE,
      "etcdserver: request timed out, possibly due to previous leader failure",
      "timeout",
      false,
    ],
    [status.UNAVAILABLE, "etcdserver: request timed out, possibly due to connection lost", "timeout", false],
    [status.UNAVAILABLE, "etcdserver: leader changed", "unavailable", false],
    [status.UNAVAILABLE, "etcdserver: server stopped", "unavailable", false],
    [status.UNAVAILABLE, "etcdserver: no leader", "no-leader", true],
    [status.FAILED_PRECONDITION, "etcdserver: not leader", "not-leader", true],
    [status.UNAVAILABLE, "Connection dropped", "connection-lost", false],
    [status.DEADLINE_EXCEEDED, "Deadline exceeded after 0.5s", "timeout", false],
    [status.CANCELLED, "Call cancelled", "connection-lost", false],
    [status.INTERNAL, "Received RST_STREAM with code 2", "connection-lost", false],
    [status.UNKNOWN, "raft proposal dropped", "unavailable", true],
    [status.UNKNOWN, "something new", "unknown", false],
    [status.NOT_FOUND, "etcdserver: requested lease not found", "session-expired", true],
    [status.RESOURCE_EXHAUSTED, "etcdserver: too many requests", "overloaded", true],
    [status.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded", "rejected", true],
    [
      status.RESOURCE_EXHAUSTED,
      "grpc: received message larger than max (8000008 vs. 2097152)",
      "rejected",
      true,
    ],
    [status.RESOURCE_EXHAUSTED, "Received message larger than max (8388621 vs 2097152)", "rejected", true],
    [status.INVALID_ARGUMENT, "etcdserver: request is too large", "rejected", true],
    [status.INVALID_ARGUMENT, "etcdserver: key is not provided", "rejected", true],
    [status.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted", "compacted", true],
    [
      status.OUT_OF_RANGE,
      "etcdserver: mvcc: required revision is a future revision",
      "future-revision",
      true,
    ],
    [status.INVALID_ARGUMENT, "etcdserver: user name is empty", "unauthenticated", true],
    [status.UNAUTHENTICATED, "etcdserver: invalid auth token", "unauthenticated", true],
    [status.PERMISSION_DENIED, "etcdserver: permission denied", "rejected", true],
    [status.UNIMPLEMENTED, "unknown service etcdserverpb.KV", "unsupported", true],
  ])("takes %s '%s' as %s, definite: %s", (code, details, expected, definite) => {
    expect(statusError(code, details)).toMatchObject({ code: expected, definite });
  });

  it("does not take a stream that HTTP/2 cut off for a refusal of etcd's", () => {
    expect(
      statusError(status.RESOURCE_EXHAUSTED, "Bandwidth exhausted or memory limit exceeded"),
    ).toMatchObject({ code: "unknown", definite: false });
  });
});
