import { beforeEach, describe, expect, it } from "vitest";
import { millis } from "../../core/time.ts";
import { logIndex } from "../core/types.ts";
import { Reads } from "./reads.ts";
import { ReplicaError } from "./replica.ts";

const at = (ms: number) => millis(ms);
const settled = () => new Promise((resolve) => setImmediate(resolve));
let reads: Reads;
beforeEach(() => {
  reads = new Reads({ requestTimeout: millis(5_000), patience: millis(500) });
});

/** "waits", "ok" or the error's code. */
function read(ms: number): { state: string } {
  const outcome = { state: "waits" };
  reads.add(at(ms)).then(
    () => {
      outcome.state = "ok";
    },
    (error: unknown) => {
      outcome.state = error instanceof ReplicaError ? error.code : "other";
    },
  );
  return outcome;
}
const states = async (...outcomes: { state: string }[]) => {
  await settled();
  return outcomes.map(({ state }) => state);
};

describe("reads", () => {
  it("that came together share one question, and see all that is applied then", async () => {
    const [first, second] = [read(0), read(0)];
    const context = reads.take() ?? 0;
    const late = read(1);
    reads.confirmed(context, logIndex(10));
    reads.applied(logIndex(9));
    expect(await states(first, second, late)).toEqual(["waits", "waits", "waits"]);
    reads.applied(logIndex(10));
    expect(await states(first, second, late)).toEqual(["ok", "ok", "waits"]);
    // A read that came after the question needs another one: what the first confirmed may be older than its beginning.
    expect(reads.take()).not.toBe(context);
  });

  it("that were refused are asked again, with the next tick", async () => {
    const outcome = read(0);
    reads.refused(reads.take() ?? 0);
    expect(reads.take()).toBeUndefined();
    reads.tick(at(0), at(10));
    const again = reads.take() ?? 0;
    reads.confirmed(again, logIndex(1));
    reads.applied(logIndex(1));
    expect(await states(outcome)).toEqual(["ok"]);
  });

  it("are given up where no leader comes, and where nobody answers", async () => {
    const refused = read(0);
    reads.refused(reads.take() ?? 0);
    reads.tick(at(0), at(501));
    const unanswered = read(600);
    reads.take();
    reads.tick(undefined, at(5_500));
    expect(await states(refused, unanswered)).toEqual(["no-leader", "waits"]);
    reads.tick(undefined, at(5_601));
    expect(await states(unanswered)).toEqual(["timeout"]);
  });

  it("end with the server", async () => {
    const [asked] = [read(0)];
    reads.take();
    const waiting = read(1);
    reads.stop();
    expect(await states(asked, waiting)).toEqual(["stopping", "stopping"]);
  });

  it("ignore answers to questions that were given up", () => {
    expect(() => reads.confirmed(99, logIndex(1))).not.toThrow();
    expect(() => reads.refused(99)).not.toThrow();
  });
});
