import { describe, expect, it } from "vitest";
import { AssertionError, assert, unreachable } from "./assert.ts";
import { ClientError, errorCodes } from "./errors.ts";

describe("ClientError", () => {
  it("is as definite as its code, unless the adapter knows better", () => {
    expect(new ClientError("timeout", "late").definite).toBe(false);
    expect(new ClientError("mismatch", "it is 4").definite).toBe(true);
    expect(new ClientError("unavailable", "never left", { definite: true }).definite).toBe(true);
  });

  it("takes anything thrown, and takes what it does not know as indefinite", () => {
    const known = new ClientError("conflict", "moved");
    expect(ClientError.from(known)).toBe(known);
    const cause = new Error("what?");
    const unknown = ClientError.from(cause);
    expect(unknown).toMatchObject({ code: "unknown", definite: false, message: "what?", cause });
    expect(ClientError.from("text").message).toBe("text");
  });

  it("never takes a lost answer for a failure", () => {
    for (const code of ["timeout", "connection-lost", "unavailable", "unknown"] as const)
      expect(errorCodes[code].definite).toBe(false);
  });
});

describe("assertions", () => {
  it("are always on, and say which condition broke", () => {
    expect(() => assert(true, "fine")).not.toThrow();
    expect(() => assert(false, "the sky fell")).toThrow(AssertionError);
    expect(() => assert(false, "the sky fell")).toThrow("the sky fell");
    expect(() => unreachable("a new case" as never)).toThrow('unreachable: "a new case"');
  });
});
