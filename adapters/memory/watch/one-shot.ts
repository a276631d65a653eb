/** Watches of the in-memory system that end with their first event and are set again, as ZooKeeper's are. */
import type { Revision } from "../../../core/op.ts";
import { follows } from "../../client/watch.ts";
import { changeOf } from "./every-event.ts";
import { stateOf } from "./latest-state.ts";
import type { Post, Teller } from "./teller.ts";

export class OneShot implements Teller {
  readonly #post: Post;
  /** The revision at which it was set; undefined while it is not. */
  #setAt: Revision | undefined;

  constructor(post: Post) {
    this.#post = post;
  }

  start(): void {
    this.#set();
  }

  applied(upTo: Revision): void {
    if (this.#setAt === undefined) return;
    const { store, request, tell } = this.#post;
    const first = store.changes(this.#setAt + 1, upTo).find(({ key }) => follows(request.target, key));
    if (first === undefined) return;
    this.#setAt = undefined;
    tell([{ f: changeOf(first.value, first.previous), key: first.key }], () => this.#set());
  }

  /** A read that leaves a watch. */
  #set(): void {
    const { store, request, node, tell } = this.#post;
    this.#setAt = node.applied;
    tell([stateOf(store, request.target, node.applied)]);
  }
}
