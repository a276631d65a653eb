import { afterAll, afterEach, beforeAll, describe } from "vitest";
import type { Adapter } from "../adapter.ts";
import { administration } from "./administration.ts";
import { atRest } from "./at-rest.ts";
import { calls } from "./calls.ts";
import { Bench, type TestCluster } from "./cluster.ts";
import { failures } from "./failures.ts";
import { leader } from "./leader.ts";
import { operations } from "./operations.ts";
import { sharing } from "./sharing.ts";

/**
 * The behaviour that every adapter owes, tried against a real cluster of three that `start` makes. What a system cannot
 * do is left out by its capabilities, never by its name.
 */
export function conforms(adapter: Adapter, start: () => Promise<TestCluster>): void {
  describe(`${adapter.name} conforms`, () => {
    const bench = new Bench(adapter);
    beforeAll(() => bench.start(start), 120_000);
    afterEach(() => bench.closeClients());
    afterAll(() => bench.stop());

    operations(bench);
    atRest(bench);
    failures(bench);
    calls(bench);
    if (adapter.share !== undefined) sharing(bench);
    administration(bench);
    leader(bench);
  });
}
