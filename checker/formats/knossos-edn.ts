import { ednEvents } from "./edn-events.ts";
import { historyOfEvents } from "./edn-history.ts";
import type { Format } from "./format.ts";
import { wholeText } from "./whole-text.ts";

/** Knossos' own test data: operation maps in order of the file; a read that answered nil constrains nothing. */
export const knossosEdn: Format = {
  name: "knossos-edn",
  summary: "Knossos' test data: operation maps in EDN, without times; a read of nil says nothing",
  looksLike: (text) =>
    /^(\s|;[^\n]*\n)*[[({#^]/.test(text) && /:type\s+[:"](invoke|ok|fail|info)\b/.test(text),
  async read(source) {
    const events = ednEvents(await wholeText(source), source.file);
    return {
      history: historyOfEvents(events, source.file, { nilReadsSayNothing: true, isLog: false }),
      truncated: false,
      notes: [],
    };
  },
};
