// A load worker of tests.
import { serveParent } from "../client-worker.ts";
import { known } from "./known.ts";

serveParent(known);
