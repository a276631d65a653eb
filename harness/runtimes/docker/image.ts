import { ImageName } from "testcontainers";
import { type Clock, withTimeout } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import { seconds } from "../../../core/time.ts";
import type { RuntimeContext } from "../runtime.ts";
import { asked, type Docker } from "./docker.ts";

/** Limit of a pull: if packets to the registry vanish, nothing else ends the wait. */
const pullLimit = seconds(300);

/** Version in the tag of an image: `3.5.16` for `quay.io/coreos/etcd:v3.5.16`. Empty if the tag has none. */
export const versionOf = (image: string): string =>
  /^\d+(\.\d+)*/.exec(image.slice(image.lastIndexOf(":") + 1).replace(/^v/, ""))?.[0] ?? "";

/**
 * Resolves to `image` if it is local or can be pulled, otherwise to an image of the same version made by `assay images build`.
 * Any version will do if the user did not choose the image (`isDefault`).
 */
export async function resolveImage(
  docker: Docker,
  system: string,
  image: string,
  isDefault: boolean,
  { clock, log }: RuntimeContext,
): Promise<string> {
  if (await isLocal(docker, image)) return image;
  const local = await localEquivalents(docker, system);
  const equivalent = local.find((name) => isOfVersion(name, versionOf(image)));
  log(`pulling ${image}`);
  const failure = await pull(docker, image, clock);
  if (failure === undefined) return image;
  const found = equivalent ?? (isDefault ? local[0] : undefined);
  if (found === undefined)
    throw new CouldNotRunError(
      `image ${image} is not available locally and cannot be pulled (${failure.trim()}); to build a local one: assay images build ${system}`,
    );
  log(`${image} cannot be pulled; using ${found}`);
  return found;
}

export async function isLocal({ container: { dockerode } }: Docker, image: string): Promise<boolean> {
  try {
    await dockerode.getImage(image).inspect();
    return true;
  } catch (reason) {
    if ((reason as { statusCode?: number }).statusCode === 404) return false;
    return await asked(Promise.reject(reason));
  }
}

/** Newest first. */
async function localEquivalents(docker: Docker, system: string): Promise<string[]> {
  const filters = { reference: [`assay/${system}`] };
  const images = await asked(docker.container.dockerode.listImages({ filters }));
  return images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .sort((a, b) => versionOf(b).localeCompare(versionOf(a), "en", { numeric: true }));
}

const isOfVersion = (image: string, version: string): boolean =>
  version !== "" && (versionOf(image) === version || versionOf(image).startsWith(`${version}.`));

/** Pulls an image; resolves with the reason of a failure, or undefined. */
async function pull(docker: Docker, image: string, clock: Clock): Promise<string | undefined> {
  const pulled = docker.image.pull(ImageName.fromString(image));
  try {
    await withTimeout(clock, pullLimit, pulled, () => new Error("no answer in time"));
    return undefined;
  } catch (reason) {
    return reason instanceof Error ? reason.message : String(reason);
  }
}
