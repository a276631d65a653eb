/** Watches of the in-memory system that are told the newest state, as Consul's blocking queries are. */
import type { Json, Revision } from "../../../core/op.ts";
import { follows, type Told, type WatchRequest } from "../../client/watch.ts";
import type { MemoryStore } from "../store.ts";
import type { Post, Teller } from "./teller.ts";

export class LatestState implements Teller {
  readonly #post: Post;
  #told: Revision = 0;
  /** Whether the client has asked for what is newer than what it was told. */
  #isAsked = false;

  constructor(post: Post) {
    this.#post = post;
  }

  start(): void {
    this.#answer(this.#post.node.applied);
  }

  applied(upTo: Revision): void {
    const { store, request } = this.#post;
    const isNews = store.changes(this.#told + 1, upTo).some(({ key }) => follows(request.target, key));
    if (this.#isAsked && isNews) this.#answer(upTo);
  }

  #answer(upTo: Revision): void {
    const { store, request, node, tell } = this.#post;
    this.#isAsked = false;
    this.#told = upTo;
    tell([stateOf(store, request.target, upTo)], () => {
      this.#isAsked = true;
      this.applied(node.applied);
    });
  }
}

/** The state of what a watch follows, as it was at a revision. */
export function stateOf(store: MemoryStore, target: WatchRequest["target"], applied: Revision): Told {
  const changes = store.changes(0, applied).filter(({ key }) => follows(target, key));
  const revision = changes.at(-1)?.revision ?? 0;
  if ("key" in target) {
    const { value = null } = store.read(target.key, applied);
    return { f: "state", key: target.key, value, revision };
  }
  const entries = [...store.list(target.prefix, applied)].map(([key, { value }]): [string, Json] => [
    key,
    value,
  ]);
  return { f: "state", value: Object.fromEntries(entries), revision };
}
