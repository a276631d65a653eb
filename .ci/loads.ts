/** Loads and faults that several trials of CI share, as options of `bench`. */

export const watches = "--workload watch --rate 100";
/** A follower that takes over a snapshot; ZooKeeper's others are restarted for it, which takes its time. */
export const snapshots = `${watches} --preset tight --nemesis snapshot-follower --gap-seconds 2`;
export const takesOver = "at a member that took over a snapshot";
