import type { Format } from "../format.ts";
import { historyOfEvents } from "../history-of-events.ts";
import { ednEvents } from "./events.ts";

/** Jepsen's `history.edn`: with times and, perhaps, independent keys; a read of nil read an absent value. */
export const jepsenEdn: Format = {
  name: "jepsen-edn",
  summary:
    "Jepsen's history.edn: one vector of operation maps, or one map after another; [k v] values are keys",
  looksLike: (head) =>
    edn.test(head) && /:type\s+[:"](invoke|ok|fail|info)\b/.test(head) && /:time\s/.test(head),
  read: async (source, options) =>
    historyOfEvents(await ednEvents(source), source.file, { nilReadsSayNothing: false }, options),
};

const edn = /^(\s|;[^\n]*\n)*[[({#^]/;
