import { describe, expect, it } from "vitest";
import { sleep } from "../../core/clock.ts";
import type { FaultChange } from "../../core/harness-event.ts";
import { nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { millis, nanos, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";
import { plannedSteps } from "./pace.ts";
import { FaultSchedule, type ScheduleContext } from "./schedule.ts";

interface Reported {
  readonly at: number;
  readonly name: string;
  readonly change: FaultChange;
}

const faultSeconds = { min: 3, max: 5 };
const gapSeconds = { min: 2, max: 3 };

/** A nemesis that strikes `n1` and is proven at once, but for what `parts` say. */
const nemesis = (name: string, parts: Partial<Injected> = {}): Nemesis => ({
  name,
  summary: name,
  requires: new Set(["kill"]),
  inject: async () => ({
    summary: name,
    nodes: [nodeId("n1")],
    proof: async () => "seen",
    heal: async () => {},
    ...parts,
  }),
});

async function runSchedule(
  steps: readonly (readonly Nemesis[])[],
  parts: Partial<ScheduleContext> & { seed?: number; length?: number; clock?: VirtualClock } = {},
) {
  const { seed = 1, length = 60, clock = new VirtualClock() } = parts;
  const reported: Reported[] = [];
  const schedule = new FaultSchedule({
    steps,
    faultSeconds,
    gapSeconds,
    clients: { workers: [] },
    operator: { admin: () => undefined, compacting: () => {}, snapshotReceived: undefined },
    clock,
    cluster: {} as Cluster,
    random: createRandom(seed),
    signal: new AbortController().signal,
    overtime: seconds(15),
    leader: async () => undefined,
    recovered: async () => {},
    failover: async () => false,
    onFault: (name, change) => reported.push({ at: clock.now() / 1e9, name, change }),
    ...parts,
  });
  const ended = await clock.run(() => schedule.run(seconds(length)).then(() => clock.now() / 1e9));
  return { reported, ended, schedule };
}

const of = (reported: readonly Reported[], state: FaultChange["state"]) =>
  reported.filter(({ change }) => change.state === state);

describe("a schedule of faults", () => {
  it("gives every step its turn, over and over, until the end", async () => {
    const { reported, ended } = await runSchedule([[nemesis("a")], [nemesis("b")], [nemesis("c")]]);
    const turns = of(reported, "begin").map(({ name }) => name);
    expect(turns.slice(0, 7)).toEqual(["a", "b", "c", "a", "b", "c", "a"]);
    expect(ended).toBe(60);
  });

  it("draws the length of faults and gaps within what was asked", async () => {
    const { reported } = await runSchedule([[nemesis("a")]]);
    const [begins, ends] = [of(reported, "begin"), of(reported, "end")];
    for (const [i, { at }] of begins.entries()) {
      const gap = at - (ends[i - 1]?.at ?? 0);
      expect(gap).toBeGreaterThanOrEqual(gapSeconds.min);
      expect(gap).toBeLessThanOrEqual(gapSeconds.max);
      const length = (ends[i]?.at ?? 0) - at;
      expect(length).toBeLessThanOrEqual(faultSeconds.max);
      if (i < begins.length - 1) expect(length).toBeGreaterThanOrEqual(faultSeconds.min);
    }
  });

  it("strikes with faults shorter than a second, as often as was planned, whatever the seed", async () => {
    const pace = { faultSeconds: { min: 0.3, max: 1.1 }, gapSeconds: { min: 0.2, max: 0.4 } };
    for (let seed = 0; seed < 50; seed++) {
      const steps = [[nemesis("a")], [nemesis("b")]];
      const { reported } = await runSchedule(steps, { seed, length: 12, ...pace });
      const begun = of(reported, "begin");
      expect(begun).toHaveLength(plannedSteps(steps, pace, createRandom(seed), 12).length);
      expect(begun.length).toBeGreaterThanOrEqual(8);
    }
  });

  it("strikes with short faults on a clock that goes on while it is read, as real ones do", async () => {
    class Running extends VirtualClock {
      #read = 0;
      override now() {
        return nanos(super.now() + this.#read++);
      }
    }
    const pace = { faultSeconds: { min: 0.5, max: 0.5 }, gapSeconds: { min: 1, max: 1 } };
    const { reported } = await runSchedule([[nemesis("a")]], { clock: new Running(), length: 10, ...pace });
    expect(of(reported, "begin")).toHaveLength(6);
  });

  it("lets the end of the load cut a fault short only if a second of it is left", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const { reported } = await runSchedule([[nemesis("a")]], { seed, length: 23 });
      const [begin, end] = [of(reported, "begin").at(-1), of(reported, "end").at(-1)];
      expect((end?.at ?? 0) - (begin?.at ?? 0)).toBeGreaterThanOrEqual(1);
    }
  });

  it("lets every step strike as often as asked, and ends then", async () => {
    const { reported, ended } = await runSchedule([[nemesis("a")], [nemesis("b")]], {
      length: 600,
      strikes: 3,
    });
    expect(of(reported, "begin").map(({ name }) => name)).toEqual(["a", "b", "a", "b", "a", "b"]);
    expect(ended).toBe(of(reported, "end").at(-1)?.at);
  });

  describe("that ends faults of the leader when clients are served again", () => {
    const leader = nodeId("n1");
    const lengths = async (parts: Partial<ScheduleContext> & { clock?: VirtualClock }) => {
      const all = { endWhenServed: true, strikes: 2, leader: async () => leader, ...parts };
      const { reported } = await runSchedule([[nemesis("a")]], { length: 60, ...all });
      const [begins, ends] = [of(reported, "begin"), of(reported, "end")];
      return begins.map(({ at }, i) => (ends[i]?.at ?? 0) - at);
    };
    const servedAfter = (clock: VirtualClock, seconds_: number) => async () => {
      await sleep(clock, seconds(seconds_));
      return true;
    };

    it("goes on for a moment after they are, so that it is seen to last", async () => {
      const clock = new VirtualClock();
      for (const length of await lengths({ clock, failover: servedAfter(clock, 1.2) }))
        expect(length).toBeCloseTo(1.5);
    });

    it("lets a fault last for its drawn length if they never are, or if nobody asked for an early end", async () => {
      const clock = new VirtualClock();
      for (const parts of [
        { failover: async () => false },
        { clock, failover: servedAfter(clock, 1.2), endWhenServed: false },
        { clock, failover: servedAfter(clock, 20) },
      ])
        for (const length of await lengths(parts)) expect(length).toBeGreaterThanOrEqual(faultSeconds.min);
    });

    it("leaves a whole gap after the recovery", async () => {
      const clock = new VirtualClock();
      const recovered = () => sleep(clock, seconds(6));
      const parts = { clock, recovered, failover: servedAfter(clock, 1.2), leader: async () => leader };
      const { reported } = await runSchedule([[nemesis("a")]], {
        length: 60,
        strikes: 3,
        endWhenServed: true,
        ...parts,
      });
      const [begins, ends] = [of(reported, "begin"), of(reported, "end")];
      for (const i of [1, 2])
        expect((begins[i]?.at ?? 0) - (ends[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(6 + gapSeconds.min);
    });

    it("follows no failover if the leader was not struck", async () => {
      const followed: unknown[] = [];
      const failover = async (struck: unknown) => followed.push(struck) > 0;
      await lengths({ leader: async () => nodeId("n2"), failover });
      expect(followed).toEqual([]);
      await lengths({ failover });
      expect(followed).toHaveLength(2);
    });
  });

  it("is the same for the same seed, and another for another", async () => {
    const steps = [[nemesis("a")]];
    const times = async (seed: number) => (await runSchedule(steps, { seed })).reported.map(({ at }) => at);
    expect(await times(3)).toEqual(await times(3));
    expect(await times(3)).not.toEqual(await times(4));
  });

  it("lets the parts of a step strike together, and gives each what the others hold", async () => {
    const held: string[][] = [];
    const watching: Nemesis = {
      ...nemesis("b"),
      inject: async (target: Target) => {
        held.push([...target.held]);
        return { summary: "b", nodes: [nodeId("n2")], proof: async () => "seen", heal: async () => {} };
      },
    };
    const { reported } = await runSchedule([[nemesis("a"), watching]], { length: 10 });
    expect(reported.map(({ name, change }) => `${name} ${change.state}`)).toEqual([
      "a begin",
      "b begin",
      "a proven",
      "b proven",
      "a end",
      "b end",
    ]);
    expect(held).toEqual([["n1"]]);
  });

  it("holds no node whose links alone are struck, so that it can be paused as well", async () => {
    const held: string[][] = [];
    const links: Nemesis = { ...nemesis("links"), requires: new Set(["link-delay", "link-hold"]) };
    const watching: Nemesis = {
      ...nemesis("b"),
      inject: async (target: Target) => {
        held.push([...target.held]);
        return undefined;
      },
    };
    await runSchedule([[links, watching]], { length: 10 });
    expect(held[0]).toEqual([]);
  });

  it("heals first what struck last, one after the other", async () => {
    const clock = new VirtualClock();
    const healed: string[] = [];
    const slowly = (name: string) =>
      nemesis(name, {
        heal: async () => {
          await sleep(clock, seconds(1));
          healed.push(`${name} at ${Math.round(clock.now() / 1e9)}`);
        },
      });
    const ended: unknown[] = [];
    await runSchedule([[slowly("a"), slowly("b"), slowly("c")]], {
      clock,
      length: 10,
      faultSeconds: { min: 2, max: 2 },
      gapSeconds: { min: 5, max: 5 },
      onFault: (name, { state }, since) => {
        if (state === "end") ended.push([name, clock.now() / 1e9, (since ?? 0) / 1e9]);
      },
    });
    expect(healed).toEqual(["c at 8", "b at 9", "a at 10"]);
    // The heal of any of them may end what the others did.
    expect(ended).toEqual([
      ["a", 10, 7],
      ["b", 10, 7],
      ["c", 10, 7],
    ]);
  });

  it("is looked at once more just before it heals: the evidence of a cut goes with it", async () => {
    const clock = new VirtualClock();
    let began = 0;
    const late: Nemesis = {
      ...nemesis("late"),
      inject: async () => {
        began = clock.now();
        let isHealed = false;
        return {
          summary: "late",
          nodes: [nodeId("n1")],
          proof: async () => (!isHealed && clock.now() - began > seconds(0.24) ? "seen" : undefined),
          heal: async () => {
            isHealed = true;
          },
        };
      },
    };
    const pace = { faultSeconds: { min: 0.25, max: 0.25 }, gapSeconds: { min: 0.5, max: 0.5 } };
    const { reported } = await runSchedule([[late]], { clock, length: 5, ...pace });
    expect(of(reported, "proven")).toHaveLength(of(reported, "begin").length);
    for (const [i, { at }] of of(reported, "end").entries())
      expect(at - (of(reported, "begin")[i]?.at ?? 0)).toBeCloseTo(0.25, 6);
  });

  it("is proven at last by what shows only when the fault is over", async () => {
    let isHealed = false;
    const late = nemesis("late", {
      proof: async () => (isHealed ? "seen afterwards" : undefined),
      heal: async () => {
        isHealed = true;
      },
    });
    const { reported } = await runSchedule([[late]], { length: 10 });
    expect(reported.map(({ change }) => change.state)).toEqual(["begin", "proven", "end"]);
    expect(reported[1]?.change.proof).toBe("seen afterwards");
  });

  it("names who led when a fault struck, as reported to the nemesis", async () => {
    const answers = ["n1", undefined, "n2", "n3"].map((name) =>
      name === undefined ? undefined : nodeId(name),
    );
    const leaders: Nemesis = {
      ...nemesis("leaders"),
      inject: async ({ leader }: Target) => {
        const node = await leader();
        if (node === undefined) return undefined;
        return { summary: "leaders", nodes: [node], proof: async () => "seen", heal: async () => {} };
      },
    };
    const { reported } = await runSchedule([[leaders]], { length: 16, leader: async () => answers.shift() });
    const struck = of(reported, "begin").map(({ change }) => [...change.nodes, change.led]);
    expect(struck).toEqual([
      ["n1", "n1"],
      ["n2", "n2"],
    ]);
  });

  it("asks for the proof until there is one", async () => {
    let asked = 0;
    const late = nemesis("late", { proof: async () => (++asked < 8 ? undefined : "seen at last") });
    const { reported } = await runSchedule([[late]], { length: 10 });
    const [begin, proven] = reported;
    expect(proven?.change).toMatchObject({ state: "proven", proof: "seen at last" });
    expect((proven?.at ?? 0) - (begin?.at ?? 0)).toBeCloseTo(0.7, 5);
  });

  it("proves nothing where nothing was seen, and heals all the same", async () => {
    const unseen = nemesis("unseen", { proof: async () => undefined });
    const { reported } = await runSchedule([[unseen]], { length: 10 });
    expect(reported.map(({ change }) => change.state)).toEqual(["begin", "end"]);
  });

  it("looks again for something to strike", async () => {
    let looked = 0;
    const shy: Nemesis = {
      ...nemesis("shy"),
      inject: (target) => (++looked < 4 ? Promise.resolve(undefined) : nemesis("shy").inject(target)),
    };
    const { reported } = await runSchedule([[shy]], { length: 10 });
    expect(of(reported, "begin")).toHaveLength(1);
    expect(looked).toBe(4);
  });

  it("waits for the cluster to recover before it strikes again", async () => {
    const clock = new VirtualClock();
    const recovered = () => sleep(clock, seconds(7));
    const { reported } = await runSchedule([[nemesis("a")]], { clock, recovered, length: 40 });
    const [begins, ends] = [of(reported, "begin"), of(reported, "end")];
    expect(begins.length).toBeGreaterThan(2);
    for (const [i, { at }] of begins.slice(1).entries()) expect(at - (ends[i]?.at ?? 0)).toBeCloseTo(7, 6);
  });

  it("goes on past its end where a slow recovery kept a step from its turn, and no further than allowed", async () => {
    const steps = ["a", "b", "c"].map((name) => [nemesis(name)]);
    const slow = async (recoverySeconds: number) => {
      const clock = new VirtualClock();
      const recovered = () => sleep(clock, seconds(recoverySeconds));
      const { reported, ended } = await runSchedule(steps, { clock, recovered, length: 24 });
      return { turns: of(reported, "begin").map(({ name }) => name), ended };
    };
    const late = await slow(10);
    expect(late.turns).toEqual(["a", "b", "c"]);
    expect(late.ended).toBeGreaterThan(24);
    const never = await slow(1000);
    expect(never.turns).toEqual(["a"]);
  });

  it("heals at once when it is aborted", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    clock.after(seconds(4), () => abort.abort(new Error("enough")));
    let healed = nanos(0);
    const heal = async () => {
      healed = clock.now();
    };
    const steps = [[nemesis("a", { heal })]];
    await expect(runSchedule(steps, { clock, signal: abort.signal })).rejects.toThrow("enough");
    expect(healed).toBe(seconds(4));
  });

  it("heals what struck where another part of the step throws", async () => {
    let healed = false;
    const heal = async () => {
      healed = true;
    };
    const broken: Nemesis = { ...nemesis("broken"), inject: () => Promise.reject(new Error("broken")) };
    await expect(runSchedule([[nemesis("a", { heal }), broken]])).rejects.toThrow("broken");
    expect(healed).toBe(true);
  });

  it("heals all parts even if one will not heal, and reports that one", async () => {
    const healed: string[] = [];
    const stuck = nemesis("stuck", { heal: () => Promise.reject(new Error("stuck")) });
    const other = nemesis("other", { heal: async () => void healed.push("other") });
    await expect(runSchedule([[stuck, other]])).rejects.toThrow("stuck");
    expect(healed).toEqual(["other"]);
  });

  it("tells who led while a fault is injected, and who leads to what goes on afterwards", async () => {
    const heard: (string | undefined)[] = [];
    let leader = "n1";
    const rolling: Nemesis = {
      ...nemesis("rolling"),
      inject: async (target) => {
        leader = "n2";
        heard.push(await target.leader());
        return { summary: "rolling", nodes: [], proof: async () => target.leader(), heal: async () => {} };
      },
    };
    const { reported } = await runSchedule([[rolling]], { length: 8, leader: async () => nodeId(leader) });
    expect(heard[0]).toBe("n1");
    expect(reported.find(({ change }) => change.state === "proven")?.change).toMatchObject({
      led: "n1",
      proof: "n2",
    });
  });

  it("says when an injection began, which may take a while", async () => {
    const clock = new VirtualClock();
    const slow: Nemesis = {
      ...nemesis("slow"),
      inject: async (target: Target) => {
        await sleep(clock, millis(400));
        return nemesis("slow").inject(target);
      },
    };
    const begun: { readonly at: number; readonly since: number | undefined }[] = [];
    await runSchedule([[slow]], {
      clock,
      length: 10,
      onFault: (_, { state }, since) => {
        if (state === "begin") begun.push({ at: clock.now(), since });
        if (state === "proven") expect(since).toBeUndefined();
      },
    });
    expect(begun.length).toBeGreaterThan(0);
    for (const { at, since } of begun) expect(at - (since ?? 0)).toBe(millis(400));
  });

  it("shows the faults of the moment", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    let schedule: FaultSchedule | undefined;
    const context: ScheduleContext = {
      steps: [[nemesis("a"), nemesis("b")]],
      faultSeconds,
      gapSeconds,
      clients: { workers: [] },
      operator: { admin: () => undefined, compacting: () => {}, snapshotReceived: undefined },
      clock,
      cluster: {} as Cluster,
      random: createRandom(1),
      signal: new AbortController().signal,
      overtime: seconds(15),
      leader: async () => undefined,
      recovered: async () => {},
      failover: async () => false,
      onFault: () => {},
    };
    await clock.run(async () => {
      schedule = new FaultSchedule(context);
      for (const at of [1, 4.5]) {
        clock.after(seconds(at), () => seen.push(schedule?.faults.join() ?? ""));
      }
      await schedule.run(seconds(9));
      await sleep(clock, millis(1));
    });
    expect(seen).toEqual(["", "a,b"]);
    expect(schedule?.faults).toEqual([]);
  });
});
