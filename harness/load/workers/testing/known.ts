/** What the workers of tests know by name: a system without a network, ZooKeeper, and workloads to try them with. */
import type { Adapter } from "../../../../adapters/adapter.ts";
import type { ClientWith } from "../../../../adapters/client/client.ts";
import { memoryAdapter } from "../../../../adapters/memory/adapter.ts";
import { MemorySystem } from "../../../../adapters/memory/system.ts";
import { adapters as registered } from "../../../../adapters/registry.ts";
import { assert } from "../../../../core/assert.ts";
import { sleep } from "../../../../core/clock.ts";
import { ClientError } from "../../../../core/errors.ts";
import type { Call } from "../../../../core/op.ts";
import { createRandom } from "../../../../core/random.ts";
import { realClock } from "../../../../core/real-clock.ts";
import { millis } from "../../../../core/time.ts";
import { type Actor, type At, uniqueNumbers, type Workload } from "../../../../workloads/workload.ts";

const clock = realClock();
const system = new MemorySystem({
  clock,
  random: createRandom(1),
  nodes: 1,
  latencyMs: { min: 0, max: 0 },
  electionMs: 1,
});

/** Every worker has one of its own: nothing is shared, and nothing asked of it. */
const alone: Adapter = { ...memoryAdapter(system), name: "alone", connect: async () => silent() };

const refuse: Adapter["connect"] = () => Promise.reject(new ClientError("not-connected", "refused"));

/** It connects clients that share three connections, and no others. */
const three: Adapter = {
  ...alone,
  name: "three",
  connect: refuse,
  share: (connections) => (connections === 3 ? alone.connect : refuse),
};

const silent = <C>(): C => ({ close: async () => {}, abandon: () => {} }) as C;

/** Writes numbers that nobody else writes; each takes a millisecond or two. */
const numbers: Workload<"kv"> = {
  name: "numbers",
  summary: "unique numbers",
  requires: ["kv"],
  options: {},
  roles(_run, _random, share) {
    const number = uniqueNumbers(share);
    return [
      {
        name: "writers",
        processes: "load",
        actor: () => ({
          next: () => ({ f: "write", key: "k", value: number() }),
          async perform(_client: ClientWith<"kv">, { value = null }) {
            await sleep(clock, millis(1));
            return { value };
          },
        }),
      },
    ];
  },
  checkers: () => [],
  needs: {},
};

/** The same, but of ten operations three fail, and of fifty one is never answered in time. */
const errors: Workload<"kv"> = {
  ...numbers,
  name: "errors",
  roles: (run, random, share) =>
    numbers.roles(run, random, share).map((role) => ({
      ...role,
      processes: "load" as const,
      actor(self) {
        const actor = role.actor(self) as Actor<"kv", Call>;
        return {
          ...actor,
          async perform(client: ClientWith<"kv">, call: Call, at: At) {
            const answer = await actor.perform(client, call, at);
            const place = Number(call.value) % 50;
            if (place === 0) await sleep(clock, millis(100));
            if (place === 0) throw new ClientError("timeout", "no answer");
            if (place % 10 < 3) throw new ClientError("mismatch", "refused");
            return answer;
          },
        };
      },
    })),
};

/** At each node one client creates a key that lives as long as its session. */
const holders: Workload<"session"> = {
  name: "holders",
  summary: "keys of sessions",
  requires: ["session"],
  options: { ttl: { default: 4000, min: 1, max: 60_000, doc: "of a session, in milliseconds" } },
  roles: ({ options: { ttl = 4000 } }) => [
    {
      name: "holders",
      processes: { perNode: 1 },
      actor({ slot }) {
        let asked = false;
        return {
          next() {
            if (asked) return { pauseMs: 50 };
            asked = true;
            return { f: "hold", key: `held-${slot}` };
          },
          async perform({ session }, { key = "" }, { ask }) {
            await (await session.open(ttl, ask)).create(key, "held", ask);
            return {};
          },
        };
      },
    },
  ],
  checkers: () => [],
  needs: {},
};

const zookeeper = registered["zookeeper"];
assert(zookeeper !== undefined, "no zookeeper");

export const known = { adapters: { alone, three, zookeeper }, workloads: { numbers, errors, holders } };
