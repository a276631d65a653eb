#!/usr/bin/env node
// The command in a clone: runs a build of the sources as they are, which it makes if there is none.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cachedBuild } from "../build/cached.mjs";

await import(pathToFileURL(join(await cachedBuild(), "assay.js")).href);
