import { ednEvents } from "./edn-events.ts";
import { historyOfEvents } from "./edn-history.ts";
import type { Format } from "./format.ts";
import { wholeText } from "./whole-text.ts";

/** Jepsen's `history.edn`: with times and, perhaps, independent keys; a read of nil read an absent value. */
export const jepsenEdn: Format = {
  name: "jepsen-edn",
  summary:
    "Jepsen's history.edn: one vector of operation maps, or one map after another; [k v] values are keys",
  looksLike: (text) => edn.test(text) && /:time\s/.test(text),
  async read(source) {
    const events = ednEvents(await wholeText(source), source.file);
    return {
      history: historyOfEvents(events, source.file, { nilReadsSayNothing: false, isLog: false }),
      truncated: false,
      notes: [],
    };
  },
};

const edn = /^(\s|;[^\n]*\n)*[[({#]/;
