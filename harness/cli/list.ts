import type { Adapter } from "../../adapters/adapter.ts";
import { formats } from "../../checker/formats/index.ts";
import { modelOf, models } from "../../checker/models/index.ts";
import type { ReadPromise } from "../../core/consistency.ts";
import { listed } from "../../core/wording.ts";
import type { Workload } from "../../workloads/workload.ts";
import type { Nemesis } from "../nemesis/nemesis.ts";
import type { Runtime } from "../runtimes/runtime.ts";
import { presets } from "./options/presets.ts";
import { type Output, table } from "./output.ts";

/** Everything that can be named on the command line. */
export interface Registries {
  readonly adapters: Readonly<Record<string, Adapter>>;
  readonly runtimes: Readonly<Record<string, Runtime>>;
  readonly workloads: Readonly<Record<string, Workload>>;
  readonly nemeses: Readonly<Record<string, Nemesis>>;
}

/** `assay list`: prints everything that the registries contain. */
export function list(registries: Registries, output: Output): void {
  const systems = Object.values(registries.adapters);
  section(
    output,
    "Systems (--system)",
    ["name", "read modes (* default) and their promises", ""],
    systems.map((system) => [
      system.name,
      Object.entries(system.promises.reads)
        .map(
          ([mode, promise]) => `${mode}${mode === system.defaultReadMode ? "*" : ""}: ${promised(promise)}`,
        )
        .join(", "),
      system.summary,
    ]),
  );
  section(
    output,
    "Runtimes (--runtime)",
    ["name", "faults", ""],
    Object.values(registries.runtimes).map((runtime) => [
      runtime.name,
      [...runtime.faults].join(", "),
      runtime.summary,
    ]),
  );
  section(
    output,
    "Workloads (--workload)",
    ["name", "needs", ""],
    Object.values(registries.workloads).map((workload) => [
      workload.name,
      needed(workload, systems),
      workload.summary,
    ]),
  );
  section(
    output,
    "Faults (--nemesis)",
    ["name", "needs", ""],
    Object.entries(registries.nemeses).map(([name, nemesis]) => [
      name,
      [...nemesis.requires].join(", "),
      nemesis.summary,
    ]),
  );
  const mutants = systems.flatMap((system) => Object.entries(system.deployment.mutants ?? {}));
  section(
    output,
    "Planted bugs (--mutant)",
    ["name", ""],
    mutants.map(([name, doc]) => [name, doc]),
  );
  section(
    output,
    "Presets (--preset)",
    ["system", "name", ""],
    [
      ...Object.entries(presets).map(([preset, { summary }]) => ["all", preset, summary]),
      ...systems.flatMap(({ name, deployment }) =>
        Object.entries(deployment.presets ?? {}).map(([preset, doc]) => [name, preset, doc]),
      ),
    ],
  );
  section(
    output,
    "Models (check --model)",
    ["name", ""],
    judgedModels().map(({ name, judged }) => [name, judged]),
  );
  section(
    output,
    "History formats (check --format)",
    ["name", ""],
    Object.values(formats).map(({ name, summary }) => [name, summary]),
  );
  output.result(listing(registries));
}

function section(
  output: Output,
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  output.print(title);
  output.print(table(header, rows).replaceAll(/^/gm, "  "));
  output.print();
}

/** Capabilities, and the systems that lack one. */
function needed({ requires }: Workload, systems: readonly Adapter[]): string {
  const without = systems.filter(({ capabilities }) => requires.some((one) => !capabilities.has(one)));
  const names = without.map(({ name }) => name);
  return `${requires.join(", ")}${names.length === 0 ? "" : ` (not on ${listed(names)})`}`;
}

/** Every model, and the parts into which it splits a history. */
const judgedModels = () =>
  Object.keys(models).map((name) => {
    const { key, keys } = modelOf(name);
    if (key !== undefined) return { name, judged: "key by key" };
    return { name, judged: keys === undefined ? "whole" : "by groups of keys that share operations" };
  });

/** `linearizable-known-limits (deposed leader, new leader)` */
const promised = ({ consistency, limits = [] }: ReadPromise): string =>
  limits.length === 0 ? consistency : `${consistency} (${limits.map(({ name }) => name).join(", ")})`;

function listing({ adapters, runtimes, workloads, nemeses }: Registries) {
  const requirements = ({ name, summary, requires }: Workload | Nemesis) => ({
    name,
    summary,
    requires: [...requires],
  });
  return {
    systems: Object.values(adapters).map(
      ({ name, summary, promises, defaultReadMode, capabilities, deployment }) => ({
        name,
        summary,
        readModes: Object.fromEntries(
          Object.entries(promises.reads).map(([mode, { consistency }]) => [mode, consistency]),
        ),
        promises,
        defaultReadMode,
        capabilities: [...capabilities],
        mutants: deployment.mutants ?? {},
        presets: deployment.presets ?? {},
      }),
    ),
    runtimes: Object.values(runtimes).map(({ name, summary, faults }) => ({
      name,
      summary,
      faults: [...faults],
    })),
    workloads: Object.values(workloads).map(requirements),
    nemeses: Object.values(nemeses).map(requirements),
    presets: Object.entries(presets).map(([name, { summary }]) => ({ name, summary })),
    models: judgedModels(),
    formats: Object.values(formats).map(({ name, summary }) => ({ name, summary })),
  };
}
