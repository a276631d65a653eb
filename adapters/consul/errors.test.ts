import { describe, expect, it } from "vitest";
import { answerError } from "./errors.ts";

describe("answerError", () => {
  it.each([
    [500, "leadership lost while committing log", "unavailable", false],
    [500, "rpc error making call: leadership lost while committing log", "unavailable", false],
    [500, "rpc error making call: EOF", "unavailable", false],
    [500, "rpc error making call: rpc error getting client: failed to get conn", "unavailable", true],
    [500, "rpc error getting client: failed to get conn: dial tcp: i/o timeout", "unavailable", true],
    [500, "raft is already shutdown", "unavailable", false],
    [500, "No cluster leader", "no-leader", true],
    [500, "rpc error making call: No cluster leader", "no-leader", true],
    [500, "rpc error making call: node is not the leader", "not-leader", true],
    [500, "timed out enqueuing operation", "overloaded", true],
    [403, "Permission denied", "rejected", true],
    [403, "rpc error making call: ACL not found", "unauthenticated", true],
    [413, "Request body(8388608 bytes) too large, max size: 524288 bytes.", "rejected", true],
    [429, "Your IP is issuing too many concurrent connections", "overloaded", true],
    [400, "Missing key name", "rejected", true],
    [500, "something new", "unknown", false],
    [503, "", "unknown", false],
  ])("takes %i '%s' as %s, definite: %s", (status, body, code, definite) => {
    expect(answerError(status, body, "PUT /v1/kv/a")).toMatchObject({ code, definite });
  });

  it("does not take a lost leadership for a refusal, whatever else the answer says", () => {
    const body = "rpc error making call: No cluster leader: leadership lost while committing log";
    expect(answerError(500, body, "PUT").definite).toBe(false);
  });
});
