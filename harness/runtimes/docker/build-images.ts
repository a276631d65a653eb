import { fileURLToPath } from "node:url";
import { UsageError } from "../../../core/errors.ts";
import { either } from "../../../core/wording.ts";
import { run } from "../process/shell.ts";
import { type BaseImage, baseImage, isThere, pulls } from "./base-image.ts";
import { withReferenceContext } from "./reference-image.ts";

/** Image of the side container that owns a node's network namespace. */
export const sideImage = "assay/side:local";
export const referenceImage = "assay/reference:local";

const images = fileURLToPath(new URL("../../../images/", import.meta.url));
const dockerfile = fileURLToPath(new URL("../../../Dockerfile", import.meta.url));
const upstreamNode = "node:20-bookworm-slim";

/** Debian releases that package each system, one version each. */
const releases: Readonly<Record<string, readonly string[]>> = {
  etcd: ["bookworm", "trixie"],
  zookeeper: ["bookworm", "trixie"],
  consul: ["bullseye"],
};

export interface BuildOptions {
  /** Names of systems, including `reference`; empty means all. The side image is always built. */
  readonly systems: readonly string[];
  /** Progress, for people. */
  log(line: string): void;
}

/**
 * Builds local images equivalent to the upstream ones from Debian packages (`assay/etcd:3.4.23`, …), and those of the
 * reference server and the side container. Resolves with their names. Rejects with UsageError or CouldNotRunError.
 */
export async function buildImages({ systems, log }: BuildOptions): Promise<readonly string[]> {
  const known = [...Object.keys(releases), "reference"];
  const unknown = systems.find((system) => !known.includes(system));
  if (unknown !== undefined)
    throw new UsageError(`no image of "${unknown}" can be built: expected ${either(known)}`);
  const wanted = systems.length > 0 ? systems : known;
  await run(["docker", "version"]);
  const base = await baseImage(log);
  const built = [await dockerBuild(log, sideImage, `${images}side/Dockerfile`, images, { BASE: base.image })];
  for (const system of wanted)
    for (const release of releases[system] ?? []) built.push(await buildSystem(system, release, base, log));
  if (wanted.includes("reference")) built.push(await buildReference(base, log));
  return built;
}

/** Builds an image tagged with the version of the package. */
async function buildSystem(
  system: string,
  release: string,
  base: BaseImage,
  log: BuildOptions["log"],
): Promise<string> {
  const draft = `assay/${system}:of-${release}`;
  await dockerBuild(log, draft, `${images}${system}/Dockerfile`, images, {
    BASE: base.image,
    ...(base.mirror !== undefined && { MIRROR: base.mirror }),
    RELEASE: release,
  });
  const version = await run([
    "docker",
    "run",
    "--rm",
    "--network",
    "none",
    draft,
    "cat",
    "/etc/assay-version",
  ]);
  const image = `assay/${system}:${version.trim()}`;
  await run(["docker", "tag", draft, image]);
  await run(["docker", "rmi", draft]);
  log(`built ${image}`);
  return image;
}

async function buildReference(base: BaseImage, log: BuildOptions["log"]): Promise<string> {
  const upstream = (await isThere(upstreamNode)) || (await pulls(upstreamNode));
  const from = upstream ? upstreamNode : base.image;
  return await withReferenceContext(!upstream, (context) =>
    dockerBuild(log, referenceImage, dockerfile, context, { BASE: from }),
  );
}

async function dockerBuild(
  log: BuildOptions["log"],
  image: string,
  file: string,
  context: string,
  args: Readonly<Record<string, string>>,
): Promise<string> {
  log(`building ${image}`);
  const given = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  await run(["docker", "build", "-q", "--force-rm", "-t", image, "-f", file, ...given, context]);
  return image;
}
