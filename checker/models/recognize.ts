import { UsageError } from "../../core/errors.ts";
import { type ClientEvent, type History, isClientEvent, pairs } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import { models } from "./index.ts";
import { type Asked, shapes } from "./shapes.ts";
import { unjudgedKind } from "./unjudged.ts";

type ModelName = keyof typeof models;

/**
 * The names of the models that a history looks like: they know each of its operations and can read all of its values, and
 * nothing in it speaks against them. `cas-register` is another name of `register`, and left out. A UsageError where the
 * operations are of a known kind that no model judges.
 */
export function fittingModels(history: History, file = "the history"): string[] {
  const all = askedIn(history);
  assertJudged(all, file);
  const names = new Set(all.map(({ f }) => f));
  const hasVersions = versions(history);
  return (Object.keys(models) as ModelName[]).filter(
    (name) =>
      name !== "cas-register" &&
      [...names].every((f) => models[name]().calls.includes(f)) &&
      all.every((asked) => shapes[name](asked) === undefined) &&
      looksLike(name, all, hasVersions),
  );
}

/** A UsageError where the model cannot judge the history: names the operation, or the value, and the models that fit. */
export function assertFits(name: string, history: History, file: string): void {
  const all = askedIn(history);
  assertJudged(all, file);
  const model = models[name as ModelName]();
  const strange = all.find(({ f }) => !model.calls.includes(f));
  if (strange !== undefined)
    throw new UsageError(
      `${file}: the model ${name} does not know the operation ${JSON.stringify(strange.f)}; ${wayOut(history, file)}`,
    );
  for (const asked of all) {
    const words = shapes[name as ModelName](asked);
    if (words === undefined) continue;
    const answer = asked.answer === undefined ? "" : `, answered ${canonical(asked.answer)}`;
    const got = asked.value === undefined ? `${asked.f}` : `${asked.f} ${canonical(asked.value)}`;
    throw new UsageError(
      `${file}: the model ${name} cannot judge this history: ${words}, and this one has ${got}${answer}; ${wayOut(history, file)}`,
    );
  }
}

function wayOut(history: History, file: string): string {
  const fitting = fittingModels(history, file);
  if (fitting.length > 0) return `name one that fits with --model: ${fitting.join(", ")}`;
  const names = [...new Set(askedIn(history).map(({ f }) => JSON.stringify(f)))];
  return `no model knows ${names.length === 1 ? names[0] : `all of ${names.join(", ")}`} with values like these`;
}

function assertJudged(all: readonly Asked[], file: string): void {
  const kind = unjudgedKind(all);
  if (kind !== undefined) throw new UsageError(`${file}: this is ${kind}`);
}

function askedIn(history: History): Asked[] {
  const { calls, outcomes } = pairs(history);
  const all: Asked[] = [];
  for (let i = 0; i < calls.length; i++) {
    const { f, value } = history[calls[i] as number] as ClientEvent;
    const end = outcomes[i] === -1 ? undefined : (history[outcomes[i] as number] as ClientEvent);
    all.push({ f, value, answer: end?.type === "ok" ? (end.value ?? null) : undefined });
  }
  return all;
}

/** Whether the history has what makes it a model's, among those that know the same names. */
function looksLike(name: ModelName, all: readonly Asked[], hasVersions: boolean): boolean {
  switch (name) {
    case "register":
      return !hasVersions && !readsOfContainers(all);
    case "versioned-register":
      return hasVersions;
    case "counter":
      return all.some(({ f }) => f === "add");
    case "set":
      return all.some(({ f, answer }) => (f === "read" ? Array.isArray(answer) : f !== "list"));
    case "mutex":
      return true;
    case "fenced-lock":
      return all.some(({ f, value, answer }) => f === "acquire" && hasToken(value, answer));
    case "string-map":
      return !all.some(isAbsent) || !all.some(({ f, value }) => f === "put" && value === "");
    case "kv":
      return !isStringMap(all);
    default:
      return true;
  }
}

/** A list or an object is only read from a register that it may have been written to. */
function readsOfContainers(all: readonly Asked[]): boolean {
  const isContainer = (value: Json | undefined) => typeof value === "object" && value !== null;
  const isRead = all.some(({ f, answer }) => f === "read" && isContainer(answer));
  return (
    isRead &&
    !all.some(({ f, value }) => {
      const to = f === "cas" && Array.isArray(value) ? value[1] : value;
      return f !== "read" && isContainer(to);
    })
  );
}

const hasToken = (value: Json | undefined, answer: Json | undefined): boolean =>
  answer !== undefined && answer !== null && answer !== true && canonical(answer) !== canonical(value);

const isAbsent = ({ f, answer }: Asked): boolean => f === "get" && answer === null;

/** Where the string map and the store agree on every answer, the string map is the simpler one. */
const stringMapCalls = models["string-map"]().calls;
const isStringMap = (all: readonly Asked[]): boolean =>
  all.every((asked) => stringMapCalls.includes(asked.f) && shapes["string-map"](asked) === undefined) &&
  looksLike("string-map", all, false);

/**
 * Whether answers say at which version of its key a read found the value, as jepsen-io/etcd's register does. Our own runs
 * say on which node they were asked, and give a store's revision, not a key's.
 */
function versions(history: History): boolean {
  let isGiven = false;
  for (const event of history) {
    if (!isClientEvent(event)) continue;
    if (event.node !== undefined) return false;
    if (event.type !== "ok" || event.revision === undefined) continue;
    if (event.f === "read" && event.modRevision !== event.revision) return false;
    isGiven ||= event.f === "read" || event.f === "write" || event.f === "cas";
  }
  return isGiven;
}
