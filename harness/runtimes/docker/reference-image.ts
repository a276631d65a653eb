import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const api = join(repository, "raft/server/api");

/** Defines `require` for CommonJS packages in the bundle, which an ES module does not have. */
const banner = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

const launcher = `#!/bin/sh
exec node /opt/assay-reference/server.mjs "$@"
`;

/**
 * Creates the build context of the Dockerfile and passes its directory to `use`: the reference server in one file, the .proto
 * files that it reads, and its command; with `ownNode`, also the Node binary that runs this process.
 */
export async function withReferenceContext<T>(
  ownNode: boolean,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "assay-reference-"));
  try {
    await bundleServer(directory);
    await mkdir(join(directory, "bin"));
    await writeFile(join(directory, "bin/assay-reference"), launcher);
    await chmod(join(directory, "bin/assay-reference"), 0o755);
    if (ownNode) await cp(process.execPath, join(directory, "bin/node"), { dereference: true });
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes the reference server as one file, `server.mjs`, into `directory`, next to the .proto files that it reads. */
export async function bundleServer(directory: string): Promise<void> {
  await build({
    entryPoints: [join(repository, "raft/server/main.ts")],
    outfile: join(directory, "server.mjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    banner: { js: banner },
    logLevel: "silent",
  });
  const protos = (await readdir(api)).filter((name) => name.endsWith(".proto"));
  for (const proto of protos) await copyFile(join(api, proto), join(directory, proto));
}
