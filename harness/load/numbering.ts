/**
 * Ids of a run's client processes: first those of the load, share by share, then those of each standing role, then the
 * preloaders, then the readers of the final phase. A process that dies is followed by one whose id is a stride higher, so no two ever meet.
 */
import type { Capability } from "../../adapters/client/client.ts";
import type { Load } from "../../core/run.ts";
import type { LoadRole, Role, Share, StandingRole } from "../../workloads/workload.ts";

export interface Numbering {
  /** Distance between the ids of a chain of processes. Of the ids modulo this, the first `loadProcesses` are the load's. */
  readonly stride: number;
  /** At most this many processes are the load; 0 if no role of the workload is. */
  readonly loadProcesses: number;
  /** First id of a role's standing processes, by the role's place among the roles. */
  readonly standing: readonly number[];
  /** First id of the processes that make a role's calls before the load, by the role's place among the roles. */
  readonly preloaders: readonly number[];
  /** First id of the readers of a role's last calls, by the role's place among the roles. */
  readonly readers: readonly number[];
}

/** This many processes of each node do the last reads of a role: a crowd would see no more. */
const readersPerNode = 4;
/** This many processes of each node put in place what the load finds. */
const preloadersPerNode = 8;
/** More processes than a worker uses up before it is killed. */
const chainsPerGeneration = 1_000_000;

type AnyRole = Role<Capability>;

export const isLoad = (role: AnyRole): role is LoadRole<Capability> => role.processes === "load";
export const isStanding = (role: AnyRole): role is StandingRole<Capability> => !isLoad(role);

/** `nodes`: how many there are. Depends on the shape of the roles only, so all shares of a run number alike. */
export function numberProcesses(roles: readonly AnyRole[], load: Load, nodes: number): Numbering {
  const loadProcesses = roles.some(isLoad) ? load.processes : 0;
  let next = loadProcesses;
  const take = (count: number) => {
    next += count;
    return next - count;
  };
  const standing = roles.map((role) => take(isStanding(role) ? role.processes.perNode * nodes : 0));
  const preloaders = roles.map(({ preload }) => take(preload === undefined ? 0 : preloadersPerNode * nodes));
  const readers = roles.map(({ final }) => take(final === undefined ? 0 : readersPerNode * nodes));
  return { stride: next, loadProcesses, standing, preloaders, readers };
}

export const readersOf = (nodes: number): number => readersPerNode * nodes;
export const preloadersOf = (nodes: number): number => preloadersPerNode * nodes;

/** The share's part of `total` things, and how many belong to the shares before it. */
export function partOf(
  total: number,
  { index, of }: Share,
): { readonly first: number; readonly size: number } {
  const most = total % of;
  const least = Math.floor(total / of);
  return { first: index * least + Math.min(index, most), size: least + (index < most ? 1 : 0) };
}

/** Whether the standing process at `slot` is the share's: each share has some at every node, as far as they go round. */
export const isOfShare = (slot: number, nodes: number, { index, of }: Share): boolean =>
  (Math.floor(slot / nodes) + (slot % nodes)) % of === index;

/** What is added to the ids of a share whose earlier workers were killed. */
export const generationOffset = ({ stride }: Numbering, { generation }: Share): number =>
  generation * chainsPerGeneration * stride;
