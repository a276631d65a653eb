/** What operations did to a set, element by element, where each element is put in once and taken out once at most. */
import type { Model, SetAccess } from "../../model.ts";
import type { Budget } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { constrains } from "../search/problem.ts";

/** A model that says how its operations look at elements and change them. */
export type SetModel = Model & Required<Pick<Model, "set">>;

/** A model whose state is a set. */
export const isSet = (model: Model): model is SetModel =>
  model.set !== undefined && Array.isArray(model.init);

/** An element's life; positions in the list. */
export interface Member {
  readonly isInitial: boolean;
  /** What put it in; undefined for one that was in at first, and for one that nobody surely put in. */
  add?: number;
  remove?: number;
  /** What found it in, and what found that it was not. */
  readonly present: number[];
  readonly absent: number[];
}

export interface Members {
  readonly members: readonly Member[];
  /** Positions of the operations that took effect, or may have: ascending. */
  readonly kept: readonly number[];
}

/** `undecided`: an element is put in or taken out more than once, or an answer leaves open what was done. */
export function membersOf(
  model: SetModel,
  list: OperationList,
  budget: Budget,
): Members | "undecided" | "contradiction" {
  const members = new Map<string, Member>();
  for (const element of model.init as readonly string[])
    members.set(element, { isInitial: true, present: [], absent: [] });
  const lists: (readonly [position: number, elements: ReadonlySet<string>])[] = [];
  const memberOf = (element: string): Member => {
    const known = members.get(element);
    if (known !== undefined) return known;
    const made: Member = { isInitial: false, present: [], absent: [] };
    members.set(element, made);
    return made;
  };
  for (let i = 0; i < list.length; i++) {
    budget.step();
    if (!constrains(model, list.call(i), list.outcome(i))) continue;
    const access = model.set(list.call(i), list.outcome(i));
    if (access === undefined) return "undecided";
    if (access.kind === "lists") {
      lists.push([i, new Set(access.elements)]);
      for (const element of access.elements) memberOf(element);
      if (lists.at(-1)?.[1].size !== access.elements.length) return "contradiction";
    } else if (!note(memberOf(access.element), access, i)) return "undecided";
  }
  for (const [element, member] of members) {
    for (const [i, elements] of lists) {
      budget.step();
      (elements.has(element) ? member.present : member.absent).push(i);
    }
  }
  return settled(list, [...members.values()], lists);
}

/** False where the element is put in, or taken out, a second time. */
function note(member: Member, access: Exclude<SetAccess, { kind: "lists" }>, i: number): boolean {
  switch (access.kind) {
    case "add":
      if (member.add !== undefined || member.isInitial) return false;
      member.add = i;
      return true;
    case "remove":
      if (member.remove !== undefined) return false;
      member.remove = i;
      return true;
    case "finds":
      (access.isIn ? member.present : member.absent).push(i);
      return true;
  }
}

/** Without what nobody saw of unknown operations: it need not have happened. */
function settled(
  list: OperationList,
  members: readonly Member[],
  lists: readonly (readonly [position: number, elements: ReadonlySet<string>])[],
): Members | "contradiction" {
  const kept = new Set(lists.map(([i]) => i));
  for (const member of members) {
    const isKnown = (i: number | undefined) => i !== undefined && list.outcome(i).type === "ok";
    const wasIn = member.present.length > 0 || isKnown(member.remove);
    if (!wasIn && !isKnown(member.add)) delete member.add;
    if (member.add === undefined && !member.isInitial) {
      if (wasIn) return "contradiction";
      delete member.remove;
    }
    const own = [member.add, member.remove, ...member.present, ...member.absent];
    for (const i of own) if (i !== undefined) kept.add(i);
  }
  return { members, kept: [...kept].sort((a, b) => a - b) };
}
