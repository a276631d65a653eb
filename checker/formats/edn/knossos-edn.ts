import type { Format } from "../format.ts";
import { historyOfEvents } from "../history-of-events.ts";
import { ednEvents } from "./events.ts";

/**
 * Knossos' own test data: operation maps, or vectors `[70 :invoke :read nil]`, in order of the file; a read that returned
 * nil constrains nothing.
 */
export const knossosEdn: Format = {
  name: "knossos-edn",
  summary:
    "Knossos' test data: operation maps or [process type f value] in EDN, without times; a read of nil counts as unanswered",
  looksLike: (head) =>
    /^(\s|;[^\n]*\n)*[[({#^]/.test(head) &&
    (/:type\s+[:"](invoke|ok|fail|info)\b/.test(head) || shortVector.test(head)),
  read: async (source, options) =>
    historyOfEvents(await ednEvents(source), source.file, { nilReadsSayNothing: true }, options),
};

const shortVector = /\[\s*(\d+|:[\w-]+|"[^"]*")[\s,]+:(invoke|ok|fail|info)[\s,]+[:"]/;
