/** Watches of the in-memory system that are told of every change, as etcd's are. */
import type { Revision } from "../../../core/op.ts";
import { type Delivery, follows, type Told } from "../../client/watch.ts";
import type { Change } from "../store.ts";
import type { Post, Teller } from "./teller.ts";

export class EveryEvent implements Teller {
  readonly #post: Post;
  /** Everything up to this revision was told; for a start in the future, the revision before it. */
  #told: Revision;
  #isSilent = false;

  constructor(post: Post) {
    this.#post = post;
    const { node, request, bugs } = post;
    const before = request.from === undefined ? node.applied : request.from - 1;
    this.#told = bugs.has("events-before-start") ? Math.min(before, node.applied) : before;
  }

  start(): void {
    const { store, bugs, node, tell } = this.#post;
    const { compacted } = store;
    if (this.#told + 1 >= compacted) {
      this.applied(node.applied);
      return;
    }
    this.#isSilent = true;
    if (bugs.has("silent-compacted-watches")) return;
    const value = `revisions before ${compacted} have been compacted`;
    tell([{ f: "canceled", value, revision: compacted }]);
  }

  applied(upTo: Revision): void {
    if (this.#isSilent || upTo <= this.#told) return;
    const { store, request, tell } = this.#post;
    const changes = store
      .changes(this.#told + 1, upTo)
      .filter(({ key }) => follows(request.target, key))
      .filter((change) => this.#isHeard(change));
    this.#told = upTo;
    for (const delivery of this.#deliveries(changes)) tell(delivery);
  }

  readonly progress = (): Delivery => {
    const { node, bugs } = this.#post;
    const revision = Math.min(this.#told, node.applied);
    return [{ f: "progress", revision: bugs.has("early-progress") ? revision + 1 : revision }];
  };

  #isHeard({ revision, value }: Change): boolean {
    const { bugs, store } = this.#post;
    if (bugs.strikes("dropped-events")) return false;
    const isCompactedDelete = value === undefined && revision === store.compacted;
    return !(isCompactedDelete && bugs.has("lost-compacted-deletes"));
  }

  #deliveries(changes: readonly Change[]): readonly Delivery[] {
    const { bugs } = this.#post;
    const deliveries: Told[][] = [];
    let last: Change | undefined;
    for (const change of changes) {
      const splits = change.revision === last?.revision && bugs.strikes("split-revisions", 1 / 2);
      if (last === undefined || splits) deliveries.push([]);
      const told = this.#noticeOf(change);
      deliveries.at(-1)?.push(told, ...(bugs.strikes("duplicated-events") ? [told] : []));
      last = change;
    }
    return deliveries;
  }

  #noticeOf({ key, value, previous, revision }: Change): Told {
    const { request, bugs } = this.#post;
    const before = bugs.strikes("wrong-previous") ? (value ?? "another value") : (previous ?? null);
    return {
      f: changeOf(value, previous),
      key,
      revision,
      ...(value !== undefined && { value }),
      ...(request.previous === true && { previous: before }),
    };
  }
}

/** What kind of change it is. */
export function changeOf(value: string | undefined, previous: string | undefined): Told["f"] {
  if (value === undefined) return "delete";
  return previous === undefined ? "create" : "put";
}
