import { parseArgs } from "node:util";
import { type Mutant, mutants } from "../core/mutants.ts";
import { type MemberId, memberId } from "../core/types.ts";

/** The command line cannot be understood. */
export class FlagsError extends Error {
  override readonly name = "FlagsError";
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface Flags {
  readonly name: string;
  readonly id: MemberId;
  readonly dataDir: string;
  readonly listenClient: HostPort;
  readonly listenPeer: HostPort;
  readonly listenGateway: HostPort | undefined;
  readonly advertiseClient: string;
  /** Every other member, where this one reaches it. */
  readonly peers: readonly (HostPort & { readonly id: MemberId; readonly name: string })[];
  /** All names, in the order of the ids. */
  readonly names: readonly string[];
  readonly clusterToken: string;
  readonly electionTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly snapshotEntries: number;
  readonly retainedEntries: number;
  readonly requestTimeoutMs: number;
  readonly watchProgressMs: number;
  readonly slowDownPercent: number;
  readonly mutants: ReadonlySet<Mutant>;
}

export const usage = `Usage: assay-reference --name NAME --data-dir DIR --initial-cluster NAME=HOST:PORT,…

  --name NAME                  this member's name, one of those in --initial-cluster
  --data-dir DIR               log and snapshots; created if missing
  --initial-cluster LIST       name and peer address of each member, as this one reaches them
  --cluster-token TEXT         distinguishes clusters with the same names (assay)
  --listen-client HOST:PORT    etcd v3 gRPC API (127.0.0.1:2379)
  --listen-peer HOST:PORT      where the other members connect (127.0.0.1:2380)
  --listen-gateway HOST:PORT   the same API as JSON over HTTP (not served)
  --advertise-client URL       what the list of members says (http:// and the address of --listen-client)
  --election-timeout-ms N      a follower waits between this and twice this for its leader (500)
  --heartbeat-ms N             time between two heartbeats of the leader (50)
  --snapshot-entries N         entries after which a snapshot is taken, more if the state is large (10000)
  --retained-entries N         entries kept behind a snapshot for members that are a little behind (1000)
  --request-timeout-ms N       time after which a request without an answer is given up (5000)
  --watch-progress-ms N        time between two progress notifications of a quiet watch that wants them (5000)
  --slow-down-percent N        each request takes this much longer than it would: a regression of known size (0)
  --mutant NAME                plants a bug; may be repeated:
${Object.entries(mutants)
  .map(([name, what]) => `      ${name.padEnd(33)} ${what}`)
  .join("\n")}
`;

const options = {
  name: { type: "string" },
  "data-dir": { type: "string" },
  "initial-cluster": { type: "string" },
  "cluster-token": { type: "string", default: "assay" },
  "listen-client": { type: "string", default: "127.0.0.1:2379" },
  "listen-peer": { type: "string", default: "127.0.0.1:2380" },
  "listen-gateway": { type: "string" },
  "advertise-client": { type: "string" },
  "election-timeout-ms": { type: "string", default: "500" },
  "heartbeat-ms": { type: "string", default: "50" },
  "snapshot-entries": { type: "string", default: "10000" },
  "retained-entries": { type: "string", default: "1000" },
  "request-timeout-ms": { type: "string", default: "5000" },
  "watch-progress-ms": { type: "string", default: "5000" },
  "slow-down-percent": { type: "string", default: "0" },
  mutant: { type: "string", multiple: true, default: [] as string[] },
  help: { type: "boolean", default: false },
} as const;

/** Throws a FlagsError that names the flag and says what it takes. */
export function parseFlags(argv: readonly string[]): Flags | "help" {
  const values = parse(argv);
  if (values.help) return "help";
  const name = required(values.name, "--name");
  const members = parseCluster(required(values["initial-cluster"], "--initial-cluster"));
  const self = members.find((member) => member.name === name);
  if (self === undefined)
    throw new FlagsError(
      `--name ${name}: not in --initial-cluster (${members.map((m) => m.name).join(", ")})`,
    );
  const gateway = values["listen-gateway"];
  const electionTimeoutMs = positive(values["election-timeout-ms"], "--election-timeout-ms");
  const heartbeatMs = positive(values["heartbeat-ms"], "--heartbeat-ms");
  if (electionTimeoutMs < 3 * heartbeatMs)
    throw new FlagsError(
      `--election-timeout-ms ${electionTimeoutMs}: must be at least three times --heartbeat-ms (${heartbeatMs})`,
    );
  return {
    name,
    id: self.id,
    dataDir: required(values["data-dir"], "--data-dir"),
    listenClient: hostPort(values["listen-client"], "--listen-client"),
    listenPeer: hostPort(values["listen-peer"], "--listen-peer"),
    listenGateway: gateway === undefined ? undefined : hostPort(gateway, "--listen-gateway"),
    advertiseClient: values["advertise-client"] ?? `http://${values["listen-client"]}`,
    peers: members.filter((member) => member !== self),
    names: members.map((member) => member.name),
    clusterToken: values["cluster-token"],
    electionTimeoutMs,
    heartbeatMs,
    snapshotEntries: positive(values["snapshot-entries"], "--snapshot-entries"),
    retainedEntries: positive(values["retained-entries"], "--retained-entries"),
    requestTimeoutMs: positive(values["request-timeout-ms"], "--request-timeout-ms"),
    watchProgressMs: positive(values["watch-progress-ms"], "--watch-progress-ms"),
    slowDownPercent: notNegative(values["slow-down-percent"], "--slow-down-percent"),
    mutants: new Set(values.mutant.map(mutant)),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    if (error instanceof TypeError) throw new FlagsError(error.message);
    throw error;
  }
}

function required(value: string | undefined, flag: string): string {
  if (value === undefined || value === "") throw new FlagsError(`${flag} is missing`);
  return value;
}

function positive(value: string, flag: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value))
    throw new FlagsError(`${flag} ${value}: expected a whole number above 0`);
  return Number(value);
}

function notNegative(value: string, flag: string): number {
  if (!/^(0|[1-9]\d{0,9})$/.test(value))
    throw new FlagsError(`${flag} ${value}: expected 0 or a whole number above 0`);
  return Number(value);
}

/** `127.0.0.1:2380`, `[::1]:2380`, `localhost:2380`. */
function hostPort(value: string, flag: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) throw new FlagsError(`${flag} ${value}: expected HOST:PORT`);
  return { host, port };
}

/** Ids are 1, 2, … in the order of the names, so that all members number each other alike. */
function parseCluster(value: string): (HostPort & { id: MemberId; name: string })[] {
  const members = value.split(",").map((item) => {
    const at = item.indexOf("=");
    if (at <= 0) throw new FlagsError(`--initial-cluster ${item}: expected NAME=HOST:PORT`);
    return { name: item.slice(0, at), ...hostPort(item.slice(at + 1), "--initial-cluster") };
  });
  const names = members.map((member) => member.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new FlagsError(`--initial-cluster: ${twice} is listed twice`);
  return members
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((member, i) => ({ ...member, id: memberId(i + 1) }));
}

function mutant(name: string): Mutant {
  const known = (Object.keys(mutants) as Mutant[]).find((key) => key === name);
  if (known === undefined)
    throw new FlagsError(`--mutant ${name}: not one of ${Object.keys(mutants).join(", ")}`);
  return known;
}
