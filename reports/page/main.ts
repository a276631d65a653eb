import { unpack } from "../data/columns.ts";
import { type PageData, pageDataId } from "../page-data.ts";
import { mountCharts } from "./charts.ts";
import { mountCopyButtons } from "./copy.ts";
import { onResize } from "./dom.ts";
import { drawSketch } from "./sketch.ts";
import { mountSpectrum } from "./spectrum.ts";
import { mountTheme } from "./theme.ts";

/** The page's entry. The report is whole without it; this makes the charts fit, zoom and answer. */

const source = document.getElementById(pageDataId)?.textContent;
const data = source ? (unpack(source) as PageData) : undefined;
const repaint = data ? mountReport(data) : () => {};
mountCopyButtons();
mountTheme(repaint);

/** Returns what must be called when colours change: only what is painted on a canvas does not follow the style. */
function mountReport({ timeline, points, sketches, spectra }: PageData): () => void {
  const charts = mountCharts(timeline, points);
  mountSpectrum(spectra);
  for (const area of document.querySelectorAll<HTMLElement>("[data-sketch]")) {
    const sketch = sketches.find(({ id }) => id === area.dataset["sketch"]);
    if (sketch) onResize(area, (width) => drawSketch(area, sketch, width));
  }
  for (const link of document.querySelectorAll<HTMLElement>("a.zoom")) {
    link.addEventListener("click", () => {
      const { from, to } = link.dataset;
      if (from !== undefined && to !== undefined) charts.show(Number(from), Number(to));
    });
  }
  return charts.repaint;
}
