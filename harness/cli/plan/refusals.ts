/** Refuses options that would have no effect on what was asked for, with the reason. */
import type { Adapter } from "../../../adapters/adapter.ts";
import { UsageError } from "../../../core/errors.ts";
import { listed } from "../../../core/wording.ts";
import type { NemesisStep } from "../../nemesis/nemesis.ts";
import type { Runtime } from "../../runtimes/runtime.ts";
import { isShare } from "../options/arguments.ts";
import type { BenchOptions } from "../options/bench-options.ts";

/** The options of a command. */
export interface Asked {
  readonly options: BenchOptions;
  /** Names of the options that the user gave; the others have defaults. */
  readonly given: ReadonlySet<string>;
  /** What differs between the runs of each system and workload. Absent: nothing, and there is one. */
  readonly each?: readonly Partial<BenchOptions>[];
}

interface Chosen {
  readonly adapter: Adapter;
  readonly runtime: Runtime;
  readonly nemeses: readonly NemesisStep[];
}

/** Rejects contradictions that show before any system is looked at. */
export function refuseContradictions({ options, given, each = [] }: Asked): void {
  if (options.version !== undefined) {
    throw new UsageError(
      "--version of a system is now --system-version (assay --version prints Assay's own version)",
    );
  }
  const warmsUp = (options.warmUpSeconds ?? (options.runtime === "external" ? 0 : 1)) > 0;
  if (options.rate !== undefined && isShare(options.rate) && !warmsUp) {
    throw new UsageError(
      `--rate ${options.rate} is in percent of what the warm-up reaches, and there is none: give --warm-up-seconds, which asks as fast as it can, or rates per second`,
    );
  }
  if (options.retries > 0 && options.rate?.includes(",") === true)
    throw new UsageError(
      `--retries ${options.retries} is for one rate: with several, it could not be said how many requests each of --rate ${options.rate} bore, as every attempt is an operation`,
    );
  const hasShares = [options, ...each].some(({ rate }) => rate !== undefined && isShare(rate));
  if (options.knee !== undefined && !hasShares)
    throw new UsageError(
      `--knee ${options.knee} is what 100% of --rate is: give a rate in percent, like --rate 90%`,
    );
  if (given.has("clients") && given.has("processes")) {
    throw new UsageError(
      "--processes limits the clients of an open loop, and --clients asks for a closed one: give one of them",
    );
  }
}

/** Rejects options that apply to none of the runs. */
export function refuseIdle({ given }: Asked, runs: readonly Chosen[]): void {
  for (const [name, reason] of Object.entries(idle)) {
    const why = given.has(name) ? reason(runs) : undefined;
    if (why !== undefined) throw new UsageError(`--${kebab(name)} would have no effect: ${why}`);
  }
}

/** Options that mean something to `--preset http`, and those that the preset itself sets. */
const ofHttp: ReadonlySet<string> = new Set([
  ...[
    "preset",
    "http",
    "system",
    "systemVersion",
    "runtime",
    "image",
    "storage",
    "nodes",
    "nodeArg",
    "timeout",
  ],
  ...["clients", "seconds", "nemesis", "results", "json"],
]);

/** Rejects what `--preset http` cannot load, and options that it would ignore. */
export function refuseForHttp({ options, given }: Asked, runs: readonly Chosen[]): void {
  if (options.http === undefined) return;
  const ignored = [...given].filter((name) => !ofHttp.has(name)).map((name) => `--${kebab(name)}`);
  if (options.nemesis.join() !== "none") ignored.push("--nemesis");
  if (ignored.length > 0)
    throw new UsageError(
      `${listed(ignored)} would have no effect: --preset http runs no trial, it only loads HTTP interfaces as fast as it can`,
    );
  for (const { adapter, runtime } of runs) {
    if (adapter.http === undefined)
      throw new UsageError(
        `--preset http needs an HTTP interface to keys, which ${adapter.name} lacks: leave it out of --system`,
      );
    if (runtime.outlivesRun)
      throw new UsageError(
        "--preset http asks as fast as it can, so it is for clusters that assay starts: leave out --endpoint",
      );
  }
  if (options.clients !== undefined && options.clients < options.nodes)
    throw new UsageError(
      `--clients ${options.clients} cannot use ${options.nodes} nodes: expected at least ${options.nodes} connections`,
    );
}

type Reason = (runs: readonly Chosen[]) => string | undefined;

const names = (runs: readonly Chosen[], of: (run: Chosen) => string): string =>
  listed([...new Set(runs.map(of))]);

const onlyFor =
  (systems: readonly string[], what: string): Reason =>
  (runs) =>
    runs.some(({ adapter }) => systems.includes(adapter.name))
      ? undefined
      : `${what}, and --system is ${names(runs, ({ adapter }) => adapter.name)}`;

const onlyInContainers: Reason = (runs) =>
  runs.some(({ runtime }) => runtime.image !== undefined)
    ? undefined
    : `only --runtime testcontainers uses containers, and the runtime is ${names(runs, ({ runtime }) => runtime.name)}`;

const onlyIfStarted: Reason = (runs) =>
  runs.some(({ runtime }) => runtime.outlivesRun !== true)
    ? undefined
    : "the nodes of your own cluster are not started by assay";

const onlyOnOwnCluster: Reason = (runs) =>
  runs.some(({ runtime }) => runtime.outlivesRun === true)
    ? undefined
    : "nodes that assay starts do not speak TLS, so only --endpoint names some that may";

const onlyWithFaults: Reason = (runs) =>
  runs.some(({ nemeses }) => nemeses.length > 0) ? undefined : "no faults are injected";

const idle: Readonly<Record<string, Reason>> = {
  token: onlyFor(["consul"], "only consul has ACL tokens"),
  user: onlyFor(["etcd", "zookeeper"], "only etcd and zookeeper have users with passwords"),
  image: onlyInContainers,
  storage: onlyInContainers,
  ca: onlyOnOwnCluster,
  cert: onlyOnOwnCluster,
  key: onlyOnOwnCluster,
  systemVersion: onlyIfStarted,
  nodeArg: onlyIfStarted,
  mutant: onlyIfStarted,
  preset: onlyIfStarted,
  faultSeconds: onlyWithFaults,
  gapSeconds: onlyWithFaults,
  calmSeconds: onlyWithFaults,
  strikes: onlyWithFaults,
  untilServed: onlyWithFaults,
};

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
