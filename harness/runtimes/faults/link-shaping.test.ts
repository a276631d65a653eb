import { describe, expect, it } from "vitest";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Fault } from "../../../core/fault.ts";
import { type Link, nodeId } from "../../../core/op.ts";
import { LinkShaping } from "./link-shaping.ts";

const links: Link[] = [[nodeId("n1"), nodeId("n2")]];
const missing = new CouldNotRunError("held links need root");

/** Link shaping on a machine without netem, where proxies cannot be started. */
const prepared = (faults: ReadonlySet<Fault> | undefined) =>
  LinkShaping.prepare(faults, { netem: async () => undefined, proxies: async () => missing });

describe("link shaping where proxies cannot be started", () => {
  it("is refused to a run that may hold or delay links", async () => {
    await expect(prepared(new Set(["link-hold"]))).rejects.toThrow(missing);
    await expect(prepared(new Set(["link-delay"]))).rejects.toThrow(missing);
  });

  it("is there for a run that does neither", async () => {
    const shaping = await prepared(new Set(["kill"]));
    await shaping.heal();
    expect(await shaping.proof()).toEqual([]);
    await expect(shaping.hold(links)).rejects.toThrow("link-hold is not among the faults of the run");
  });

  it("rejects with the reason when a fault is asked for, where the run did not say which it injects", async () => {
    const shaping = await prepared(undefined);
    await expect(shaping.hold(links)).rejects.toThrow(missing);
    await expect(shaping.slow(links, 10, 1)).rejects.toThrow(missing);
    await shaping.mend(links);
    await shaping.heal();
  });
});
