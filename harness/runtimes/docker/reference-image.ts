import { chmod, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Built, it is one file. */
const server = new URL("../../../raft/server/main.ts", import.meta.url);

const launcher = `#!/bin/sh
exec node /opt/assay-reference/server.mjs "$@"
`;

/**
 * Creates the build context of the Dockerfile and passes its directory to `use`: the reference server in one file and its
 * command; with `ownNode`, also the Node binary that runs this process.
 */
export async function withReferenceContext<T>(
  ownNode: boolean,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "assay-reference-"));
  try {
    await copyFile(server, join(directory, "server.mjs"));
    await mkdir(join(directory, "bin"));
    await writeFile(join(directory, "bin/assay-reference"), launcher);
    await chmod(join(directory, "bin/assay-reference"), 0o755);
    if (ownNode) await cp(process.execPath, join(directory, "bin/node"), { dereference: true });
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
