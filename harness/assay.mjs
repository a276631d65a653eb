#!/usr/bin/env node
// The command: loads TypeScript as it is, so that a clone runs without a build.
import { register } from "tsx/esm/api";

register();
await import("./cli.ts");
