import type { Json } from "../../core/op.ts";
import type { Format } from "./format.ts";
import { type Ending, HistoryBuilder } from "./history-builder.ts";
import { malformed } from "./malformed.ts";

const event = /\bjepsen\.util\s+-\s+(\S+)\s+:(invoke|ok|fail|info)\s+:(\S+)\s+(.*)$/;

/**
 * The log of an early Jepsen: `INFO  jepsen.util - 3  :invoke  :write  4`. A CAS that failed compared and found the
 * value different: an observation. A time-out is unknown, whether it stands under `:info` or `:fail`.
 */
export const jepsenLog: Format = {
  name: "jepsen-log",
  summary: "the log of an early Jepsen: INFO jepsen.util - PROCESS :TYPE :F VALUE",
  looksLike: (text) => /^[^\n]*\bjepsen\.util\s+-\s/.test(text),
  parse(text, file) {
    const builder = new HistoryBuilder(file);
    text.split("\n").forEach((line, i) => {
      if (line.trim() !== "") readLine(line, i + 1, file, builder);
    });
    return builder.history();
  },
};

function readLine(text: string, line: number, file: string, builder: HistoryBuilder): void {
  const match = event.exec(text);
  if (match === null) {
    if (/\bjepsen\.util\s+-\s+\d/.test(text) || !/\bjepsen|^(INFO|WARN|DEBUG|ERROR)\b/.test(text)) {
      throw malformed(file, line, "INFO jepsen.util - PROCESS :TYPE :F VALUE", text);
    }
    return;
  }
  const [, process = "", type, f = "", value = ""] = match;
  if (!/^\d+$/.test(process)) return;
  if (type === "invoke") {
    const argument = readValue(value, line, file);
    builder.invoke(process, { f, ...(argument !== null && { value: argument }) });
  } else {
    builder.complete(process, ending(type as "ok" | "fail" | "info", f, value.trim(), line, file), line);
  }
}

function ending(type: "ok" | "fail" | "info", f: string, value: string, line: number, file: string): Ending {
  if (type === "info" || value === ":timed-out") return { type: "info", error: "timeout" };
  if (type === "ok") return { type: "ok", value: readValue(value, line, file) };
  return { type: "fail", error: f === "cas" ? "mismatch" : "failed" };
}

/** `nil`, a number, or a CAS' `[from to]`. */
function readValue(text: string, line: number, file: string): Json {
  const word = text.trim();
  if (word === "nil") return null;
  if (/^-?\d+$/.test(word)) return Number(word);
  const pair = /^\[(\S+)\s+(\S+)\]$/.exec(word);
  if (pair !== null) return [readValue(pair[1] ?? "", line, file), readValue(pair[2] ?? "", line, file)];
  throw malformed(file, line, "nil, a number or [from to]", word);
}
