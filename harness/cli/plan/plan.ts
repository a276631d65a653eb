import { readFile } from "node:fs/promises";
import type { Adapter, Credentials, Tls } from "../../../adapters/adapter.ts";
import type { Installed } from "../../../adapters/deployment.ts";
import { CouldNotRunError, UsageError } from "../../../core/errors.ts";
import { either } from "../../../core/wording.ts";
import type { Workload } from "../../../workloads/workload.ts";
import { workerFaults } from "../../load/workers/worker-clients.ts";
import type { NemesisStep } from "../../nemesis/nemesis.ts";
import { offeredBy } from "../../nemesis/offered.ts";
import { fitted, type MeanPace, stepName } from "../../nemesis/pace.ts";
import { parseNemeses } from "../../nemesis/registry.ts";
import type { Runtime, RuntimeContext } from "../../runtimes/runtime.ts";
import type { Registries } from "../list.ts";
import { lookUp } from "../options/arguments.ts";
import type { BenchOptions } from "../options/bench-options.ts";
import { presets } from "../options/presets.ts";
import { type Asked, refuseContradictions, refuseForHttp, refuseIdle } from "./refusals.ts";

/** One run of a command, with every choice made. */
export interface PlannedRun {
  readonly adapter: Adapter;
  readonly runtime: Runtime;
  readonly workload: Workload;
  readonly nemeses: readonly NemesisStep[];
  /** Default faults that this cluster cannot have, each with the reason: `partition (it needs at least 2 nodes)`. */
  readonly leftOut: readonly string[];
  readonly readMode: string;
  readonly program: Installed | undefined;
  readonly image: string | undefined;
  readonly connect: Credentials;
  /** Mean lengths of faults and gaps, shortened to fit into the load unless the user gave them. */
  readonly pace: MeanPace;
  /** Options in which it differs from other runs of the command. */
  readonly own?: Partial<BenchOptions>;
  /** Whether the load generator limited the knee in `own`, which an earlier run measured. */
  readonly kneeClientLimited?: boolean;
}

/** Plans every run that the options ask for, all of them before anything is started or pulled. Impossible options are a UsageError, a machine that lacks something a CouldNotRunError. */
export async function planRuns(
  { options, given, each = [{}] }: Asked,
  registries: Registries,
): Promise<PlannedRun[]> {
  refuseContradictions({ options, given, each });
  const connect = await connectOptions(options);
  const runs: PlannedRun[] = [];
  for (const system of options.system) {
    const adapter = lookUp(registries.adapters, system, "system");
    const perSystem = await planSystem(adapter, { options, given }, registries);
    for (const name of options.workload) {
      const workload = lookUp(registries.workloads, name, "workload");
      refuseUnlessOffered(workload, adapter, registries.adapters);
      for (const own of each) runs.push({ ...perSystem, workload, connect, own });
    }
  }
  refuseIdle({ options, given }, runs);
  refuseForHttp({ options, given }, runs);
  return runs;
}

function refuseUnlessOffered(
  { name, requires }: Workload,
  { name: system, capabilities }: Adapter,
  adapters: Registries["adapters"],
): void {
  const lacking = requires.filter((capability) => !capabilities.has(capability));
  if (lacking.length === 0) return;
  const able = Object.values(adapters).filter((each) => requires.every((one) => each.capabilities.has(one)));
  const instead = able.length === 0 ? "" : `: expected --system ${either(able.map((each) => each.name))}`;
  throw new UsageError(
    `workload ${name} needs ${lacking.join(", ")}, which ${system} does not offer${instead}`,
  );
}

/** The run with the image that will run, so that the report names its version. Pulls it if it is not there. */
export async function withImage(plan: PlannedRun, context: RuntimeContext): Promise<PlannedRun> {
  const { adapter, runtime, image } = plan;
  if (image === undefined) return plan;
  return {
    ...plan,
    image: (await runtime.image?.(adapter.deployment, adapter.name, image, context)) ?? image,
  };
}

async function planSystem(
  adapter: Adapter,
  { options, given }: Asked,
  { adapters, runtimes, nemeses: known }: Registries,
) {
  const { name, deployment } = adapter;
  const forSystem = (texts: readonly string[], option: string) =>
    choiceFor(name, options.system, Object.keys(adapters), texts, option);
  const readMode = forSystem(options.readMode, "--read-mode") ?? adapter.defaultReadMode;
  lookUp(adapter.promises.reads, readMode, "read mode", name);
  if (options.endpoint === undefined && !deployment.sizes.includes(options.nodes)) {
    throw new UsageError(`${name} runs with ${either(deployment.sizes)} nodes, not ${options.nodes}`);
  }
  if (options.mutant !== undefined) lookUp(deployment.mutants ?? {}, options.mutant, "planted bug", name);
  if (options.preset !== undefined)
    lookUp({ ...presets, ...deployment.presets }, options.preset, "preset", name);
  const runtime = await pickRuntime(adapter, options.runtime, runtimes);
  const { nemeses, leftOut } = nemesesFor({ options, given }, runtime);
  for (const nemesis of nemeses.flat()) {
    if (leastNodes([nemesis]) > options.nodes)
      throw new UsageError(
        `--nemesis ${nemesis.name} needs at least ${leastNodes([nemesis])} nodes, and the cluster has ${options.nodes}`,
      );
    const lacking = [...(known[nemesis.name] ?? nemesis).requires].filter(
      (fault) => ![runtime.faults, workerFaults, offeredBy(adapter)].some((offered) => offered.has(fault)),
    );
    if (lacking.length > 0)
      throw new UsageError(
        `--nemesis ${nemesis.name} needs ${lacking.join(", ")}, which ${name} on runtime ${runtime.name} does not offer${runtime.name === "external" && options.faultCommand === undefined ? " without --fault-command" : ""}`,
      );
  }
  const version = forSystem(options.systemVersion, "--system-version");
  const program = runsPrograms(runtime) ? await pickProgram(adapter, version) : undefined;
  // A cluster that is the user's own has the version that it has.
  const image = runtime.outlivesRun
    ? undefined
    : (forSystem(options.image, "--image") ?? imageOf(adapter, version));
  const lasting = options.seconds - options.calmSeconds;
  const { faultSeconds, gapSeconds } = fitted(options, lengthsIn(given), nemeses, lasting);
  const pace = { faultSeconds, gapSeconds };
  return { adapter, runtime, nemeses, leftOut, readMode, program, image, pace };
}

/** The lengths that the user chose. `--patient` stands for a fault that is longer than an election. */
const lengthsIn = (given: ReadonlySet<string>): ReadonlySet<keyof MeanPace> =>
  new Set(
    (["faultSeconds", "gapSeconds"] as const).filter(
      (name) => given.has(name) || (name === "faultSeconds" && given.has("patient")),
    ),
  );

/** Parses `--nemesis`. Default faults that cannot be injected into this cluster are left out. */
function nemesesFor({ options, given }: Asked, runtime: Runtime): Pick<PlannedRun, "nemeses" | "leftOut"> {
  const steps = parseNemeses(options.nemesis);
  if (given.has("nemesis")) return { nemeses: steps, leftOut: [] };
  const judged = steps.map((step) => ({ step, why: whyImpossible(step, options, runtime) }));
  return {
    nemeses: judged.filter(({ why }) => why === undefined).map(({ step }) => step),
    leftOut: judged.flatMap(({ step, why }) => (why === undefined ? [] : [`${stepName(step)} (${why})`])),
  };
}

/** Why a default fault cannot strike; undefined if it can. */
function whyImpossible(
  step: NemesisStep,
  { nodes, faultCommand }: BenchOptions,
  { name, faults }: Runtime,
): string | undefined {
  if (leastNodes(step) > nodes) return `it needs at least ${leastNodes(step)} nodes`;
  if (name !== "external" || step.every(({ requires }) => isSubset(requires, faults))) return undefined;
  return faultCommand === undefined
    ? "on your own cluster it needs --fault-command"
    : "--fault-command does not do that";
}

const isSubset = <T>(some: ReadonlySet<T>, all: ReadonlySet<T>): boolean =>
  [...some].every((one) => all.has(one));

/** Size of the smallest cluster that all of these can strike. */
const leastNodes = (step: NemesisStep): number => Math.max(...step.map(({ leastNodes = 1 }) => leastNodes));

const runsPrograms = (runtime: Runtime): boolean => runtime.name === "loopback" || runtime.name === "netns";

/** Resolves `--runtime auto`: loopback for the reference; for real systems, containers if Docker responds, else namespaces. */
async function pickRuntime(
  adapter: Adapter,
  asked: string,
  runtimes: Registries["runtimes"],
): Promise<Runtime> {
  const candidates =
    asked !== "auto" ? [asked] : adapter.name === "reference" ? ["loopback"] : ["testcontainers", "netns"];
  const missing: string[] = [];
  for (const name of candidates) {
    const runtime = lookUp(runtimes, name, "runtime");
    const lacks = await runtime.missing(adapter.deployment);
    if (lacks === undefined) return runtime;
    missing.push(`${name}: ${lacks}`);
  }
  throw new CouldNotRunError(
    `${adapter.name} cannot run on this machine (${missing.join("; ")}); run "assay doctor" for details`,
  );
}

async function pickProgram(adapter: Adapter, asked: string | undefined): Promise<Installed | undefined> {
  const installed = await adapter.deployment.installed();
  if (asked === undefined) return installed[0];
  const match = installed.find(({ version }) => version === asked || version.startsWith(`${asked}.`));
  if (match !== undefined) return match;
  const there = installed.map(({ version }) => version).join(", ") || "none";
  throw new CouldNotRunError(
    `${adapter.name} ${asked} is not installed (installed: ${there}); to install it: ${adapter.deployment.installHint}`,
  );
}

function imageOf(adapter: Adapter, version: string | undefined): string | undefined {
  const { image } = adapter.deployment;
  if (image === undefined || version === undefined) return image;
  const tag = image.lastIndexOf(":") + 1;
  // Tags of etcd images start with a v.
  return `${image.slice(0, tag)}${image[tag] === "v" ? `v${version.replace(/^v/, "")}` : version}`;
}

/** Picks the value for `system` from `value` (all systems) and `system=value` (one system); the more specific one wins. */
function choiceFor(
  system: string,
  asked: readonly string[],
  known: readonly string[],
  texts: readonly string[],
  option: string,
): string | undefined {
  let forAll: string | undefined;
  let own: string | undefined;
  for (const text of texts) {
    const split = text.indexOf("=");
    const name = split > 0 ? text.slice(0, split) : undefined;
    if (name === undefined || !known.includes(name)) forAll = text;
    else if (!asked.includes(name))
      throw new UsageError(`${option} ${text}: ${name} is not in --system ${asked.join(",")}`);
    else if (name === system) own = text.slice(split + 1);
  }
  return own ?? forAll;
}

async function connectOptions(options: BenchOptions): Promise<Credentials> {
  const tls = await tlsOf(options);
  const split = options.user?.indexOf(":") ?? -1;
  if (options.user !== undefined && split < 1) throw new UsageError("--user: expected NAME:PASSWORD");
  return {
    ...(tls !== undefined && { tls }),
    ...(options.user !== undefined && {
      user: { name: options.user.slice(0, split), password: options.user.slice(split + 1) },
    }),
    ...(options.token !== undefined && { token: options.token }),
  };
}

async function tlsOf({ ca, cert, key }: BenchOptions): Promise<Tls | undefined> {
  if (ca === undefined) {
    if (cert !== undefined || key !== undefined) throw new UsageError("--cert and --key need --ca");
    return undefined;
  }
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError("--cert and --key must be given together");
  const pem = (file: string) =>
    readFile(file, "utf8").catch((reason: Error) => {
      throw new UsageError(`cannot read ${file}: ${reason.message}`);
    });
  return {
    ca: await pem(ca),
    ...(cert !== undefined && key !== undefined && { certificate: await pem(cert), key: await pem(key) }),
  };
}
