import type { ClientEvent, History } from "../../../core/history.ts";
import { nodeId } from "../../../core/op.ts";
import type { Random } from "../../../core/random.ts";
import { nanos } from "../../../core/time.ts";

/** What a read of the simulation really was. */
interface Truth {
  /** Index of its invocation among the history's events. */
  readonly callIndex: number;
  /** For how long the value that it returned had been overwritten when it began, milliseconds; 0 when fresh. */
  readonly staleMs: number;
  readonly versionsBehind: number;
}

interface Action {
  readonly process: number;
  readonly call: number;
  readonly end: number;
  readonly f: "read" | "write" | "delete";
  value: number | null | boolean;
  revision?: number;
  modRevision?: number;
  readonly known: boolean;
}

/**
 * A simulated register whose writes (and deletes, that share of them) take effect at one instant between invocation and answer, and whose nodes lag behind
 * by up to `lagMs`: for tests that hold what the checkers say against what really happened. Times are milliseconds.
 */
export function laggingRegister(
  random: Random,
  options: { lagMs: number; revisions: boolean; deletes?: number },
): { history: History; truth: Truth[] } {
  const actions: Action[] = [];
  for (let process = 0; process < 4; process++) {
    let now = random.integer(0, 5);
    for (let i = 0; i < 8; i++) {
      const end = now + random.integer(1, 12);
      actions.push({
        process,
        call: now,
        end,
        f: !random.chance(0.4) ? "read" : random.chance(options.deletes ?? 0) ? "delete" : "write",
        value: null,
        known: random.chance(0.9),
      });
      now = end + random.integer(1, 6);
    }
  }
  const asked = actions
    .filter(({ f }) => f !== "read")
    .map((action) => ({ action, at: action.call + random.float() * (action.end - action.call) }))
    .sort((a, b) => a.at - b.at);
  const effects: { readonly action: Action; readonly at: number; readonly holds: number | null }[] = [];
  for (const { action, at } of asked) {
    const isThere = typeof effects.at(-1)?.holds === "number";
    const revision = effects.length + 1;
    action.value = action.f === "delete" ? isThere : revision;
    if (action.f === "delete" && !isThere) continue;
    if (options.revisions) action.revision = revision;
    effects.push({ action, at, holds: action.f === "delete" ? null : revision });
  }
  const lag = [0, random.integer(0, options.lagMs)];
  const truths = new Map<Action, Omit<Truth, "callIndex">>();
  for (const action of actions.filter(({ f }) => f === "read")) {
    const looked = action.call + random.float() * (action.end - action.call) - (lag[action.process % 2] ?? 0);
    const seen = effects.filter(({ at }) => at <= looked).length;
    action.value = effects[seen - 1]?.holds ?? null;
    if (options.revisions) action.revision = seen;
    if (options.revisions && action.value !== null) action.modRevision = seen;
    const overwritten = effects.slice(seen).filter(({ at }) => at < action.call);
    const staleMs = overwritten[0] === undefined ? 0 : action.call - overwritten[0].at;
    truths.set(action, { staleMs, versionsBehind: overwritten.length });
  }
  return record(actions, truths);
}

function record(actions: readonly Action[], truths: ReadonlyMap<Action, Omit<Truth, "callIndex">>) {
  const moments = actions.flatMap((action) => [
    { action, time: action.call, type: "invoke" as const },
    ...(action.known ? [{ action, time: action.end, type: "ok" as const }] : []),
  ]);
  moments.sort((a, b) => a.time - b.time || Number(a.type !== "invoke") - Number(b.type !== "invoke"));
  const processes = new Map<number, number>();
  const names = new Map<Action, number>();
  const truth: Truth[] = [];
  const history = moments.map(({ action, time, type }, index): ClientEvent => {
    if (type === "invoke") {
      const round = processes.get(action.process) ?? 0;
      names.set(action, action.process + 4 * round);
      // An operation whose answer is unknown ends its process.
      if (!action.known) processes.set(action.process, round + 1);
      const really = truths.get(action);
      if (really !== undefined && action.known) truth.push({ callIndex: index, ...really });
    }
    const hasValue = action.f === "write" || type === "ok";
    const { revision, modRevision } = action;
    return {
      index,
      time: nanos(time * 1e6),
      type,
      process: names.get(action) ?? 0,
      f: action.f,
      key: "r",
      node: nodeId(`n${action.process % 2}`),
      ...(hasValue && { value: action.value }),
      ...(type === "ok" && revision !== undefined && { revision }),
      ...(type === "ok" && modRevision !== undefined && { modRevision }),
    };
  });
  return { history, truth };
}
