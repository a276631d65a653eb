import type { Measure } from "../data/measure.ts";
import { type Content, html } from "../html.ts";

/** Content by the measure that the reader chose; `response` until then, and without scripts. One text, if both are the same. */
export function byMeasure(texts: { readonly response: Content; readonly service: Content }): Content {
  const { response, service } = texts;
  if (service === undefined || service === response) return response;
  return html`<span class="by-response">${response}</span><span class="by-service">${service}</span>`;
}

/** The same, from figures of each measure. */
export const byMeasureOf = <F>(
  figures: Readonly<Record<"response", F>> & Readonly<Partial<Record<"service", F>>>,
  text: (figure: F, measure: Measure) => string,
): Content =>
  byMeasure({
    response: text(figures.response, "response"),
    service: figures.service === undefined ? undefined : text(figures.service, "service"),
  });
