import { unreachable } from "../../core/assert.ts";
import { decodeMembershipChange } from "./membership-codec.ts";
import type { Entry, LogIndex, MemberId, Membership, MembershipChange } from "./types.ts";

/** Number of `voters` that are a majority. */
export const quorumOf = (voters: readonly MemberId[]): number => Math.floor(voters.length / 2) + 1;

export const isMember = (membership: Membership, member: MemberId): boolean =>
  membership.voters.includes(member) || membership.learners.includes(member);

/** The membership after `change`. A change that is done already leaves it as it is (a joiner may know the future). */
export function changed(membership: Membership, change: MembershipChange): Membership {
  const { voters, learners } = membership;
  const { member } = change;
  switch (change.type) {
    case "add-learner":
      return isMember(membership, member) ? membership : { voters, learners: [...learners, member] };
    case "promote":
      if (voters.includes(member)) return membership;
      return { voters: [...voters, member], learners: learners.filter((id) => id !== member) };
    case "remove":
      return {
        voters: voters.filter((id) => id !== member),
        learners: learners.filter((id) => id !== member),
      };
    default:
      return unreachable(change);
  }
}

/** Whether `change` is valid: a learner is new, a voter was a learner, and the last voter stays. */
export function allowed(membership: Membership, change: MembershipChange): boolean {
  switch (change.type) {
    case "add-learner":
      return !isMember(membership, change.member);
    case "promote":
      return membership.learners.includes(change.member);
    case "remove":
      return (
        isMember(membership, change.member) && membership.voters.some((voter) => voter !== change.member)
      );
    default:
      return unreachable(change);
  }
}

/**
 * Every membership that the log still holds. Thesis §4.1: a server uses the latest configuration in its log, committed
 * or not, so an entry that is truncated takes its membership with it.
 */
export class MembershipHistory {
  /** Memberships by rising index; the first is that of the snapshot, or of the bootstrap at 0. Never empty. */
  #versions: { readonly index: LogIndex; readonly membership: Membership }[];

  constructor(index: LogIndex, membership: Membership) {
    this.#versions = [{ index, membership }];
  }

  get latest(): Membership {
    return this.#last.membership;
  }

  /** Index of the latest membership in the log. */
  get latestIndex(): LogIndex {
    return this.#last.index;
  }

  /** The membership that the entry at `index` leaves behind. */
  at(index: LogIndex): Membership {
    return this.#versions.findLast((version) => version.index <= index)?.membership ?? this.latest;
  }

  append(entry: Entry): void {
    if (entry.type !== "membership") return;
    const membership = changed(this.latest, decodeMembershipChange(entry.data));
    this.#versions.push({ index: entry.index, membership });
  }

  /** Entries from `index` on are gone. */
  truncate(index: LogIndex): void {
    while (this.#versions.length > 1 && this.#last.index >= index) this.#versions.pop();
  }

  /** Forgets older memberships: nobody will truncate at or before `index` any more. */
  compact(index: LogIndex): void {
    const at = this.#versions.findLastIndex((version) => version.index <= index);
    if (at > 0) this.#versions = this.#versions.slice(at);
  }

  get #last() {
    const last = this.#versions.at(-1);
    if (last === undefined) throw new Error("a membership history is never empty");
    return last;
  }
}
