import { hostname } from "node:os";
import { type ContainerRuntimeClient, getContainerRuntimeClient } from "testcontainers";
import { CouldNotRunError } from "../../../core/errors.ts";
import { lifeOf } from "../process/identity.ts";
import { harnessIdentity } from "../process/ledger.ts";

/**
 * Labels of containers, networks and volumes, which name their run. The cleaner of testcontainers (Ryuk) is not used: it
 * is one more image to pull, and does not know which harness is alive.
 */
const labels = { run: "assay.run", harness: "assay.harness", host: "assay.host" };

export type Docker = ContainerRuntimeClient;
export type Container = ReturnType<Docker["container"]["getById"]>;

/** Connects to Docker. Rejects with CouldNotRunError if it does not answer. */
export async function connectDocker(): Promise<Docker> {
  try {
    return await getContainerRuntimeClient();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CouldNotRunError(`Docker does not answer (${message})`, { cause });
  }
}

/** Awaits a call to Docker and translates its errors: a daemon that is gone differs from one that refuses. */
export async function asked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof CouldNotRunError) throw cause;
    const { message, code } = cause as Error & { code?: string };
    const gone = code !== undefined && ["ECONNREFUSED", "ENOENT", "ECONNRESET", "EPIPE"].includes(code);
    throw new CouldNotRunError(gone ? `Docker no longer answers (${message})` : `Docker: ${message}`, {
      cause,
    });
  }
}

export const runLabels = (runId: string): Record<string, string> => ({
  [labels.run]: runId,
  [labels.harness]: harnessIdentity(),
  [labels.host]: hostname(),
});

/** Removes everything that a run created. Resolves with the names. */
export const removeRun = (docker: Docker, runId: string): Promise<string[]> =>
  removeLabelled(docker, `${labels.run}=${runId}`, () => true);

/**
 * Removes what dead harnesses of this machine left behind. Other machines may share the daemon, but their processes cannot be
 * checked from here.
 */
export const removeDeadRunsIn = (docker: Docker): Promise<string[]> =>
  removeLabelled(
    docker,
    `${labels.host}=${hostname()}`,
    (found) => lifeOf(found[labels.harness] ?? "") === "dead",
  );

type Labels = Readonly<Record<string, string>> | null | undefined;

async function removeLabelled(
  docker: Docker,
  filter: string,
  chosen: (labels: Readonly<Record<string, string>>) => boolean,
): Promise<string[]> {
  const { dockerode } = docker.container;
  const filters = { label: [filter] };
  const of = (found: Labels): string => `of run ${found?.[labels.run] ?? "unknown"}`;
  const picked = <T extends { Labels?: Labels }>(all: readonly T[]): T[] =>
    all.filter((item) => chosen(item.Labels ?? {}));
  const removed: string[] = [];

  const containers = picked(await asked(dockerode.listContainers({ all: true, filters })));
  await Promise.all(
    containers.map(async ({ Id, Names, Labels }) => {
      await unlessGone(dockerode.getContainer(Id).remove({ force: true, v: true }));
      removed.push(`container ${Names[0]?.slice(1) ?? Id} ${of(Labels)}`);
    }),
  );
  for (const { Id, Name, Labels } of picked(await asked(dockerode.listNetworks({ filters })))) {
    await unlessGone(dockerode.getNetwork(Id).remove());
    removed.push(`network ${Name} ${of(Labels)}`);
  }
  const { Volumes } = await asked(dockerode.listVolumes({ filters }));
  for (const { Name, Labels } of picked(Volumes ?? [])) {
    await unlessGone(dockerode.getVolume(Name).remove());
    removed.push(`volume ${Name} ${of(Labels)}`);
  }
  return removed;
}

/** Removes something; being gone already, or just being removed, is fine. */
async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (reason) {
    const { statusCode } = reason as { statusCode?: number };
    if (statusCode !== 404 && statusCode !== 409) await asked(Promise.reject(reason));
  }
}
