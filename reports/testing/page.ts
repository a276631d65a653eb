/** What tests look for in a rendered report. */
import { register } from "../../checker/models/register.ts";
import { unpack } from "../data/columns.ts";
import { type PageData, pageDataId } from "../page-data.ts";
import { renderReport } from "../report.ts";
import type { Fixture } from "./runs.ts";

export const render = ({ run, history, usage }: Fixture) => renderReport(run, history, usage, register());
/** What a reader without scripts sees, in one line. */
export const textOf = (page: string) =>
  page
    .slice(page.indexOf("<body>"))
    .replace(/<(script|style|title)[^>]*>.*?<\/\1>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ");

/** What a template writes where a value was forgotten, in texts and in attributes, drawings included. */
export const blanks = (page: string) =>
  page.replace(/<script.*?<\/script>/gs, "").match(/undefined|NaN|Infinity|\[object/g) ?? [];

/** Data of the page's code. */
export function dataOf(page: string): PageData {
  const start = page.indexOf(`id="${pageDataId}">`) + `id="${pageDataId}">`.length;
  return unpack(page.slice(start, page.indexOf("</script>", start))) as PageData;
}
