import { unpack } from "../data/columns.ts";
import { type PageData, pageDataId } from "../page-data.ts";
import { mountCharts } from "./charts.ts";
import { mountComparison } from "./comparison.ts";
import { mountCopyButtons } from "./copy.ts";
import { onResize } from "./dom.ts";
import { mountLive } from "./live.ts";
import { mountRuns } from "./runs.ts";
import { drawSketch } from "./sketch.ts";
import { mountSpectrum } from "./spectrum.ts";
import { mountTheme } from "./theme.ts";

/** Entry of the page's code. The report is complete without it; this makes the charts fit, zoom and respond. */

/** Characters of data from which a page counts as long. */
const longPage = 900_000;

const source = document.getElementById(pageDataId)?.textContent ?? "";
let repaint = () => {};
mountCopyButtons();
mountTheme(() => repaint());
// A long run's charts take a moment: what is drawn already is shown first.
if (source.length > longPage) requestAnimationFrame(() => setTimeout(mount));
else mount();

function mount(): void {
  const data = source === "" ? undefined : (unpack(source) as PageData);
  if (data === undefined) {
    mountComparison();
    mountRuns();
    mountLive();
  } else repaint = mountReport(data);
  document.documentElement.dataset["ready"] = "";
}

/** Returns a function to call when colours change: canvases do not follow the style by themselves. */
function mountReport({ timeline, points, sketches, spectra }: PageData): () => void {
  const charts = mountCharts(timeline, points);
  mountSpectrum(spectra);
  for (const area of document.querySelectorAll<HTMLElement>("[data-sketch]")) {
    const sketch = sketches.find(({ id }) => id === area.dataset["sketch"]);
    if (sketch) onResize(area, (width) => drawSketch(area, sketch, width));
  }
  for (const link of document.querySelectorAll<HTMLElement>("a.zoom")) {
    link.addEventListener("click", (event) => {
      const { from, to } = link.dataset;
      if (from === undefined || to === undefined) return;
      // The address says what is shown, which the link's own fragment would replace.
      event.preventDefault();
      charts.show(Number(from), Number(to));
      document.getElementById("over-time")?.scrollIntoView();
    });
  }
  return charts.repaint;
}
