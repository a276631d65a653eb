import { describe, expect, it } from "vitest";
import { isZkError, zkCode, zkError } from "./errors.ts";

describe("zkError", () => {
  it.each([
    [-1, "SYSTEMERROR", "unknown", false],
    [-4, "CONNECTIONLOSS", "connection-lost", false],
    [-7, "OPERATIONTIMEOUT", "timeout", false],
    [-8, "BADARGUMENTS", "rejected", true],
    [-101, "NONODE", "not-found", true],
    [-102, "NOAUTH", "rejected", true],
    [-103, "BADVERSION", "conflict", true],
    [-110, "NODEEXISTS", "exists", true],
    [-112, "SESSIONEXPIRED", "session-expired", true],
    [-115, "AUTHFAILED", "unauthenticated", true],
    [-118, "SESSIONMOVED", "session-expired", true],
    [-127, "THROTTLEDOP", "overloaded", true],
    [-999, "error -999", "unknown", false],
  ])("takes %i (%s) as %s, definite: %s", (number, name, code, definite) => {
    const error = zkError(number, "setData /assay/k");
    expect(error).toMatchObject({ code, definite });
    expect(error.message).toBe(`${name}: setData /assay/k`);
  });

  it("is recognised by its number", () => {
    expect(isZkError(zkError(zkCode.noNode, "get"), zkCode.noNode)).toBe(true);
    expect(isZkError(zkError(zkCode.badVersion, "set"), zkCode.noNode)).toBe(false);
    expect(isZkError(new Error("other"), zkCode.noNode)).toBe(false);
  });
});
