#!/usr/bin/env node
// The command in a clone: runs a build of the sources as they are, which it makes if there is none.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cachedBuild } from "../build/cached.mjs";

const build = await cachedBuild().catch((reason) => {
  const advice = reason.code === "ERR_MODULE_NOT_FOUND" ? "run npm ci first" : reason.message;
  console.error(`could not build Assay from its sources: ${advice}`);
  process.exit(70);
});
await import(pathToFileURL(join(build, "assay.js")).href);
