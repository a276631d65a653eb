import { ednToJson } from "./edn/edn.ts";
import { readEdn } from "./edn/read-edn.ts";
import { eventTypes, type ForeignEvent } from "./foreign-event.ts";
import type { Format } from "./format.ts";
import { historyOfEvents } from "./history-of-events.ts";
import { malformed } from "./malformed.ts";
import { eachLine } from "./text-lines.ts";

/** `3 :invoke :write 4`, after a logger's prefix: level, time, thread, name. */
const event =
  /^(?:(?<prefix>.*?)(?:\s-|[:\]])\s+)?(?:jepsen\.util:?\s+)?(?<process>:?\w[\w-]*)\s+:(?<type>invoke|ok|fail|info)\s+:(?<f>[^\s,]+)\s+(?<rest>\S.*)$/;

/**
 * What Jepsen logs, and its `history.txt`: a process, a type, a name and a value a line, perhaps with an error. The form of
 * 2014, `INFO  jepsen.util - 3  :invoke  :write  4`, has a meaning of its own: a CAS that failed compared and found another
 * value, and a time-out is unknown, under `:info` as well as `:fail`. Everything else in a log (entries of other loggers, which
 * may span several lines, and stack traces) is left out.
 */
export const jepsenLog: Format = {
  name: "jepsen-log",
  summary: "Jepsen's jepsen.log or history.txt: PROCESS :TYPE :F VALUE, after any prefix of a logger",
  looksLike: (head) =>
    !/^\s*[[({#;]/.test(head) && head.split(/\r?\n/, 2000).some((line) => event.test(line)),
  async read(source, options) {
    const { file } = source;
    const events: ForeignEvent[] = [];
    let isOthers = false;
    await eachLine(source, (text, line) => {
      const found = event.exec(text)?.groups;
      if (found !== undefined) {
        isOthers = false;
        const read = eventOf(found, line, file);
        if (read !== undefined) events.push(read);
        return;
      }
      if (isEntry(text)) isOthers = !isOperation(text);
      else if (isOthers && !isOperation(text)) return;
      if (!isNoEvent(text)) throw malformed(file, line, "INFO jepsen.util - PROCESS :TYPE :F VALUE", text);
    });
    return historyOfEvents(events, file, { nilReadsSayNothing: false }, options);
  },
};

function eventOf(
  { prefix = "", process = "", type: word, f = "", rest = "" }: Readonly<Record<string, string>>,
  line: number,
  file: string,
): ForeignEvent | undefined {
  const type = eventTypes.find((known) => known === word);
  if (type === undefined || /^:?nemesis/.test(process)) return undefined;
  if (!isValue(rest)) throw malformed(file, line, "nil, a number or [from to]", rest.trim());
  const forms = readEdn(rest, file, line).map(({ form }) => ednToJson(form));
  const [value = null, error = null] = forms;
  const observes = /^INFO\s+jepsen\.util$/.test(prefix);
  return { line, process, type, f, value, hasValue: forms.length > 0, error, observes };
}

/** Whether a log entry begins here: a level, or a time and a level. */
const isEntry = (line: string): boolean =>
  /^(INFO|WARN|DEBUG|ERROR|TRACE|FATAL)\b|^\d{4}-\d\d-\d\d[ T]/.test(line);

/** Whether a line describes, or begins to describe, an operation. */
const isOperation = (line: string): boolean =>
  /\bjepsen\.util(\s+-|:)?\s+\d|(^|\s)\d+\s+:(invoke|ok|fail|info)\b/.test(line);

/** Whether a line belongs to a log, but certainly not to an operation. */
function isNoEvent(line: string): boolean {
  if (line.trim() === "") return true;
  if (isOperation(line)) return false;
  return /^(\s|INFO|WARN|DEBUG|ERROR|TRACE|FATAL|\d{4}-)|\bjepsen|^(\w+\.)+\w*(Exception|Error)\b|^Caused by:/.test(
    line,
  );
}

/** A bare word is not a Clojure value. */
const isValue = (rest: string): boolean => !/^[a-zA-Z]/.test(rest) || /^(nil|true|false)\b/.test(rest);
