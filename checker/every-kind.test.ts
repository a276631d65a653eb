import { describe, expect, it } from "vitest";
import { everyKindFirst } from "./every-kind.ts";

const found = (...names: string[]) => names.map((name) => ({ kind: name.slice(0, 1), name }));

describe("everyKindFirst", () => {
  it("puts the first of each kind before the others, and changes no other order", () => {
    expect(
      everyKindFirst(found("a1", "a2", "b1", "a3", "c1", "b2"), ({ kind }) => kind).map(({ name }) => name),
    ).toEqual(["a1", "b1", "c1", "a2", "a3", "b2"]);
  });

  it("leaves findings of one kind as they are", () => {
    expect(everyKindFirst(found("a1", "a2"), ({ kind }) => kind)).toEqual(found("a1", "a2"));
  });
});
