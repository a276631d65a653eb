import type { Format } from "../format.ts";
import { historyOfEvents } from "../history-of-events.ts";
import { ednEvents } from "./events.ts";

/** A map of strings with get, put and append, a line an event, as Porcupine's test data has it. */
export const porcupineKv: Format = {
  name: "porcupine-kv",
  summary:
    'get, put and append of a map of strings: {:process 0, :type :invoke, :f :get, :key "k", :value nil} a line',
  looksLike: (head) => /^\s*\{:process\s+\d+,\s*:type\s+:\w+,\s*:f\s+:(get|put|append),\s*:key/.test(head),
  read: async (source, options) =>
    historyOfEvents(await ednEvents(source), source.file, { nilReadsSayNothing: false }, options),
};
