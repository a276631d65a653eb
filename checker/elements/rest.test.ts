import { describe, expect, it } from "vitest";
import { type History, operations } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import type { Verdict } from "../../core/verdict.ts";
import { convergence, unsettled } from "../convergence/convergence.ts";
import type { Model } from "../model.ts";
import { set } from "../models/set.ts";
import { bruteForce } from "../testing/brute-force.ts";
import { freely } from "../testing/history-of.ts";
import { elementsAtRest } from "./elements-at-rest.ts";
import { SetScript } from "./testing/script.ts";

const judgeHistory = (history: History): Verdict =>
  convergence({ judge: elementsAtRest }).check(history, freely) as Verdict;
const judge = ({ history }: SetScript): Verdict => judgeHistory(history);
const asks = ({ history }: SetScript) => unsettled(history, elementsAtRest);

const local = { mode: "local" };
/** Two elements, one of them removed; healed at 10 s, without load from 13 s on; n1 and n2 agree. */
const run = () =>
  new SetScript()
    .phase(0, "main")
    .add(1, 117, { process: 4 })
    .add(2, 118, { node: "n3" })
    .remove(3, 118, { process: 6 })
    .phase(10, "quiet")
    .phase(13, "final")
    .list(13.2, "n1", [117], local)
    .list(13.4, "n2", [117], local);

describe("agreement on sets at rest", () => {
  it("holds where every node lists the newest elements", () => {
    const history = run().list(14, "n3", [117], local);
    expect(judge(history)).toMatchObject({
      kind: "valid",
      summary: "at rest, all 3 nodes listed the same and newest elements of the only set",
      figures: { "nodes at rest": 3, "sets at rest": 1, "sets in disagreement": 0 },
    });
    expect(asks(history)).toEqual([]);
  });

  it("is broken by a node that still lacks an element when the time to catch up is over", () => {
    const verdict = judge(run().list(20, "n3", [], local));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toBe(
      "n3 still lacked 117 in s3 at 20.000 s, 10.0 s after the last heal, while n1 and n2 listed it: process 4 added it at 1.000 s (acknowledged at 1.100 s), and nothing removed it",
    );
    expect(verdict.anomalies).toMatchObject([
      { kind: "convergence", key: "s3", evidence: { kind: "stale" } },
    ]);
  });

  it("is broken by a node that still lists a removed element then", () => {
    expect(judge(run().list(20, "n3", [117, 118], local)).summary).toBe(
      "n3 still listed 118 in s3 at 20.000 s, 10.0 s after the last heal, while n1 and n2 did not: process 6 removed it at 3.000 s (acknowledged at 3.100 s)",
    );
  });

  it("is open where the node was asked before that and not again, and it has to be asked again", () => {
    const history = run().list(19, "n3", [], local);
    expect(judge(history).kind).toBe("unknown");
    expect(judge(history).summary).toMatch(/^n3 lacked 117 in s3 .*; it was not asked again$/);
    expect(asks(history)).toEqual([{ node: "n3", key: "s3" }]);
  });

  it("takes a node's last answer", () => {
    expect(judge(run().list(19, "n3", [], local).list(20, "n3", [117], local)).kind).toBe("valid");
  });

  it("is broken without a bound by a node that had listed what it lacks now", () => {
    const verdict = judge(run().list(14, "n3", [117], local).list(15, "n3", [], local));
    expect(verdict.kind).toBe("invalid");
    expect(verdict.summary).toContain("although it had listed it at 14.000 s");
  });

  it("is broken where an acknowledged element is missing everywhere, and says so once", () => {
    const history = run().list(20, "n1", [], local).list(20, "n2", [], local).list(20, "n3", [], local);
    expect(judge(history).summary).toBe(
      "every node that answered still lacked 117 in s3 at rest (n1 at 20.000 s, 10.0 s after the last heal): process 4 added it at 1.000 s (acknowledged at 1.100 s), and nothing removed it",
    );
    expect(judge(history).anomalies).toHaveLength(1);
  });

  it("is broken by an element that nobody had added", () => {
    expect(judge(run().list(14, "n3", [9, 117], local)).summary).toBe(
      "n3 listed 9 in s3 at 14.000 s, at rest, which nobody had added",
    );
  });

  it("is not known of a node that was not asked, or gave no answer", () => {
    expect(judge(run()).summary).toContain("n3 was not asked for s3 at rest");
    expect(judge(run().list(14, "n3", [], { ...local, type: "info" })).summary).toContain(
      "n3 gave no answer for s3 at rest",
    );
    expect(asks(run())).toEqual([{ node: "n3", key: "s3" }]);
  });

  it("may have an element of unknown outcome or not, as long as the nodes agree", () => {
    const lost = () => run().add(4, 9, { process: 8, type: "info" });
    expect(judge(lost().list(14, "n3", [117], local)).kind).toBe("valid");
    const history = lost().list(14, "n3", [9, 117], local);
    expect(judge(history).kind).toBe("unknown");
    expect(judge(history).summary).toBe(
      "the nodes disagree on 9 in s3 at rest: n3 listed it, n1 and n2 did not; process 8 tried to add it at 4.000 s, and they were not asked again",
    );
    expect(asks(history).map(({ node }) => node)).toEqual(["n3", "n1", "n2"]);
    const later = history.list(30, "n1", [9, 117], local).list(30, "n2", [117], local);
    expect(judge(later).summary).toContain("n2 still lacked 9 in s3 at 30.000 s");
  });

  it("is broken by a node that shows an element long after another one proved it gone", () => {
    const removing = () => run().remove(4, 117, { process: 8, type: "info" });
    const open = removing().list(14, "n3", [], local);
    expect(judge(open).kind).toBe("unknown");
    const gone = open.list(20, "n3", [], local);
    expect(judge(gone).kind).toBe("unknown");
    const late = gone.list(31, "n1", [117], local).list(31, "n2", [], local);
    expect(judge(late).kind).toBe("invalid");
    expect(judge(late).summary).toBe(
      "the nodes disagree on 117 in s3 at rest: n1 listed it, n2 and n3 did not; process 8 tried to remove it at 4.000 s, and n1 was asked 10.9 s after n3 no longer had it",
    );
  });

  it("is not known of a run without a final phase", () => {
    expect(judge(new SetScript().add(1, 1).list(2, "n1", [1])).kind).toBe("unknown");
  });
});

const nodes = ["n1", "n2", "n3"];

/** A few updates, some of unknown outcome, a few local lists, and what each node lists at rest. */
function drawn(seed: number): History {
  const random = createRandom(seed);
  const script = new SetScript().phase(0, "main");
  const added: number[] = [];
  const some = (share: number) => added.filter(() => random.chance(share));
  for (let at = 1; at <= 5; at++) {
    const dice = random.float();
    const type = random.chance(0.3) ? "info" : "ok";
    if (dice < 0.5 || added.length === 0)
      script.add(at, added.push(at) && at, { type, took: random.pick([0.1, 1.5]) });
    else if (dice < 0.7) {
      const value = added[0] as number;
      if (!script.history.some((event) => event.type === "invoke" && event.f === "remove"))
        script.remove(at, value, { type, took: random.pick([0.1, 1.5]) });
    } else script.list(at, random.pick(nodes), some(0.6));
  }
  script.phase(10, "quiet").phase(30, "final");
  const favourite = some(0.8);
  for (const [i, node] of nodes.entries())
    script.list(40 + i, node, random.chance(0.8) ? favourite : some(0.8), local);
  return script.history;
}

/**
 * The definition: the nodes caught up, so that their last lists are those of one set to which all updates were made. What
 * a list shows was in by then, whenever its add was answered.
 */
function agreesByDefinition(history: History): boolean {
  const updates = operations(history).filter(({ call }) => call.f !== "list");
  const early = operations(history).filter(({ call }) => call.f === "list");
  const last = operations(history, "other");
  const known = updates.map((update): Operation => {
    const showing = [...early, ...last].filter(
      ({ outcome }) =>
        update.call.f === "add" &&
        outcome.type === "ok" &&
        (outcome.output.value as readonly unknown[]).includes(update.call.value),
    );
    const returnIndex = Math.min(update.returnIndex, ...showing.map((list) => list.returnIndex));
    return Number.isFinite(returnIndex) && update.call.f === "add"
      ? { ...update, returnIndex, outcome: { type: "ok", output: {} } }
      : update;
  });
  return bruteForce(set() as Model, [...known, ...last]);
}

describe("agreement on sets at rest, held against its definition", () => {
  it("is valid only where the last lists are those of one set, and invalid only where they are not", () => {
    const kinds = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      const history = drawn(seed);
      const agrees = agreesByDefinition(history);
      const { kind, summary } = judgeHistory(history);
      const name = `${agrees} ${kind}`;
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
      if ((kind === "valid" && !agrees) || (kind === "invalid" && agrees))
        throw new Error(
          `seed ${seed}: ${agrees}, ${summary}\n${history.map((event) => JSON.stringify(event)).join("\n")}`,
        );
    }
    expect(kinds.get("true valid")).toBeGreaterThan(300);
    expect(kinds.get("false invalid")).toBeGreaterThan(300);
  });
});
