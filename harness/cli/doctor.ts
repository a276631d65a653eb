import pc from "picocolors";
import type { Registries } from "./list.ts";
import type { Output } from "./output.ts";

interface Finding {
  readonly system: string;
  readonly versions: readonly string[];
  readonly runtimes: readonly { readonly runtime: string; readonly missing?: string }[];
}

/** `assay doctor`: reports what this machine can run, and what to install for the rest. */
export async function doctor({ adapters, runtimes }: Registries, output: Output): Promise<void> {
  const findings: Finding[] = [];
  for (const adapter of Object.values(adapters)) {
    const installed = await adapter.deployment.installed();
    const checked = await Promise.all(
      Object.values(runtimes).map(async (runtime) => {
        const missing = await runtime.missing(adapter.deployment);
        return { runtime: runtime.name, ...(missing !== undefined && { missing }) };
      }),
    );
    findings.push({
      system: adapter.name,
      versions: installed.map(({ version }) => version),
      runtimes: checked,
    });
  }
  for (const { system, versions, runtimes: checked } of findings) {
    output.print(`${pc.bold(system)}  ${versions.length > 0 ? versions.join(", ") : "not installed"}`);
    for (const { runtime, missing } of checked) {
      output.print(
        missing === undefined ? `  ${pc.green("✓")} ${runtime}` : `  ${pc.red("✗")} ${runtime}: ${missing}`,
      );
    }
  }
  output.result({ node: process.version, systems: findings });
}
