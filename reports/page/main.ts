import { unpack } from "../data/columns.ts";
import { type PageData, pageDataId } from "../page-data.ts";
import { mountCharts } from "./charts.ts";
import { mountComparison } from "./comparison.ts";
import { mountCopyButtons } from "./copy.ts";
import { onResize } from "./dom.ts";
import { drawSketch } from "./sketch.ts";
import { mountSpectrum } from "./spectrum.ts";
import { mountTheme } from "./theme.ts";

/** Entry of the page's code. The report is complete without it; this makes the charts fit, zoom and respond. */

const source = document.getElementById(pageDataId)?.textContent;
const data = source ? (unpack(source) as PageData) : undefined;
const repaint = data ? mountReport(data) : mountComparison();
mountCopyButtons();
mountTheme(repaint);

/** Returns a function to call when colours change: canvases do not follow the style by themselves. */
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
