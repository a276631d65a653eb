import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CouldNotRunError } from "../../../core/errors.ts";
import { run, succeeds } from "../process/shell.ts";

const upstreamBase = "debian:bookworm-slim";
const ownBase = "assay/debian:bookworm";
/** Limit of a pull: a reachable registry answers sooner; if packets vanish, nothing else ends the wait. */
const pullTimeoutMs = 120_000;

export interface BaseImage {
  readonly image: string;
  /** Package mirror for builds; undefined: the one configured in the image. */
  readonly mirror: string | undefined;
}

/**
 * Provides a Debian image: pulled if necessary or, if no registry answers, built by debootstrap from the mirror that this
 * machine's apt uses. Rejects with CouldNotRunError.
 */
export async function baseImage(log: (line: string) => void): Promise<BaseImage> {
  const mirror = await machineMirror();
  if (await isThere(upstreamBase)) return { image: upstreamBase, mirror };
  if (await isThere(ownBase)) return { image: ownBase, mirror };
  log(`pulling ${upstreamBase}`);
  if (await pulls(upstreamBase)) return { image: upstreamBase, mirror };
  log(`no image registry: building ${ownBase} with debootstrap`);
  await debootstrap(mirror);
  return { image: ownBase, mirror };
}

export const isThere = (image: string): Promise<boolean> => succeeds(["docker", "image", "inspect", image]);

export const pulls = (image: string): Promise<boolean> =>
  run(["docker", "pull", "-q", image], { timeoutMs: pullTimeoutMs }).then(
    () => true,
    () => false,
  );

async function debootstrap(mirror: string | undefined): Promise<void> {
  if (process.getuid?.() !== 0 || !(await succeeds(["sh", "-c", "command -v debootstrap"])))
    throw new CouldNotRunError(
      `${upstreamBase} cannot be pulled, and building a base image needs root and debootstrap: sudo scripts/install-systems.sh`,
    );
  const root = await mkdtemp(join(tmpdir(), "assay-base-"));
  try {
    await run([
      "debootstrap",
      "--variant=minbase",
      "bookworm",
      root,
      ...(mirror === undefined ? [] : [mirror]),
    ]);
    await run(["sh", "-c", `tar -C '${root}' -c . | docker import - ${ownBase}`]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Mirror of Debian bookworm in this machine's apt configuration; undefined if there is none. */
async function machineMirror(): Promise<string | undefined> {
  const format = "$(REPO_URI) $(CODENAME) $(COMPONENT)";
  const targets = await run(["apt-get", "indextargets", "--format", format, "Created-By: Packages"]).catch(
    () => "",
  );
  const found = targets.split("\n").find((line) => line.endsWith(" bookworm main"));
  return found?.split(" ")[0];
}
