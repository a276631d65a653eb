// Prints the directory of a build of the sources as they are, which it makes if there is none.
import { cachedBuild } from "./cached.mjs";

process.stdout.write(await cachedBuild());
