import { ednEvents } from "./edn-events.ts";
import { historyOfEvents } from "./edn-history.ts";
import type { Format } from "./format.ts";

/** Knossos' own test data: operation maps in order of the file; a read that answered nil constrains nothing. */
export const knossosEdn: Format = {
  name: "knossos-edn",
  summary: "Knossos' test data: operation maps in EDN, without times; a read of nil says nothing",
  looksLike: (text) =>
    /^(\s|;[^\n]*\n)*[[({#^]/.test(text) && /:type\s+[:"](invoke|ok|fail|info)\b/.test(text),
  parse: (text, file) =>
    historyOfEvents(ednEvents(text, file), file, { nilReadsSayNothing: true, isLog: false }),
};
