import { ednEvents } from "./edn-events.ts";
import { historyOfEvents } from "./edn-history.ts";
import type { Format } from "./format.ts";
import { wholeText } from "./whole-text.ts";

/** A map of strings with get, put and append, a line an event, as Porcupine's test data has it. */
export const porcupineKv: Format = {
  name: "porcupine-kv",
  summary:
    'get, put and append of a map of strings: {:process 0, :type :invoke, :f :get, :key "k", :value nil} a line',
  looksLike: (text) => /^\s*\{:process\s+\d+,\s*:type\s+:\w+,\s*:f\s+:(get|put|append),\s*:key/.test(text),
  async read(source) {
    const events = ednEvents(await wholeText(source), source.file);
    return {
      history: historyOfEvents(events, source.file, { nilReadsSayNothing: false, isLog: false }),
      truncated: false,
      notes: [],
    };
  },
};
