/** Counts of what happened in a simulated world: a run in which a thing never happened proves nothing about it. */
export interface SimStats {
  /** Inputs given to members. */
  steps: number;
  messages: number;
  elections: number;
  commits: number;
  acknowledged: number;
  /** Proposals that were sent again and applied once. */
  duplicates: number;
  dropped: number;
  readsAnswered: number;
  readsRefused: number;
  crashes: number;
  /** Entries of a log that another leader's entries replaced. */
  replacedEntries: number;
  snapshotsInstalled: number;
  membershipChanges: number;
  transfers: number;
}

export const noStats = (): SimStats => ({
  steps: 0,
  messages: 0,
  elections: 0,
  commits: 0,
  acknowledged: 0,
  duplicates: 0,
  dropped: 0,
  readsAnswered: 0,
  readsRefused: 0,
  crashes: 0,
  replacedEntries: 0,
  snapshotsInstalled: 0,
  membershipChanges: 0,
  transfers: 0,
});

export function addStats(total: SimStats, more: SimStats): void {
  for (const name of Object.keys(total) as (keyof SimStats)[]) total[name] += more[name];
}
