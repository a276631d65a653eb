import { readEdn } from "./edn.ts";
import { type EdnEvent, eventTypes } from "./edn-events.ts";
import { historyOfEvents } from "./edn-history.ts";
import type { Format } from "./format.ts";
import { malformed } from "./malformed.ts";
import { wholeText } from "./whole-text.ts";

/** `3 :invoke :write 4`, after whatever a logger puts before it: level, time, thread, name. */
const event =
  /^(?:.*?(?:\s-|[:\]])\s+)?(?<process>:?\w[\w-]*)\s+:(?<type>invoke|ok|fail|info)\s+:(?<f>[^\s,]+)\s+(?<rest>\S.*)$/;

/**
 * The log of an early Jepsen: `INFO  jepsen.util - 3  :invoke  :write  4`, perhaps with an error after the value. A CAS
 * that failed compared and found the value different: an observation. A time-out is unknown, whether it stands under
 * `:info` or `:fail`. What else a log holds (other loggers' lines, stack traces) is passed over.
 */
export const jepsenLog: Format = {
  name: "jepsen-log",
  summary: "the log of an early Jepsen: INFO jepsen.util - PROCESS :TYPE :F VALUE",
  looksLike: (text) => !/^\s*[[({#;]/.test(text) && text.split(/\r?\n/, 500).some((line) => event.test(line)),
  async read(source) {
    const { file } = source;
    const text = await wholeText(source);
    const events = text.split(/\r?\n/).flatMap((line, i) => eventOf(line, i + 1, file) ?? []);
    const history = historyOfEvents(events, file, { nilReadsSayNothing: false, isLog: true });
    return { history, truncated: false, notes: [] };
  },
};

function eventOf(text: string, line: number, file: string): EdnEvent | undefined {
  const { process = "", type: word, f = "", rest = "" } = event.exec(text)?.groups ?? {};
  const type = eventTypes.find((known) => known === word);
  if (type === undefined) {
    if (isNoEvent(text)) return undefined;
    throw malformed(file, line, "INFO jepsen.util - PROCESS :TYPE :F VALUE", text);
  }
  if (/^:?nemesis/.test(process)) return undefined;
  if (!isTold(rest)) throw malformed(file, line, "nil, a number or [from to]", rest.trim());
  const [value = null, error = null] = readEdn(rest, file, line).map(({ form }) => form);
  return { line, process, type, f, value, key: undefined, time: undefined, error };
}

/** Whether a line is a log's, but surely none of an operation. */
function isNoEvent(line: string): boolean {
  if (line.trim() === "") return true;
  if (/\bjepsen\.util(\s+-|:)\s+\d|\d\s+:(invoke|ok|fail|info)\b/.test(line)) return false;
  return /^(\s|INFO|WARN|DEBUG|ERROR|TRACE|\d{4}-)|\bjepsen|^(\w+\.)+\w*(Exception|Error)\b|^Caused by:/.test(
    line,
  );
}

/** A bare word is no value of Clojure's. */
const isTold = (rest: string): boolean => !/^[a-zA-Z]/.test(rest) || /^(nil|true|false)\b/.test(rest);
