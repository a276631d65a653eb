import type { Bar, Sketch } from "../charts/sketch.ts";
import type { Timeline } from "../charts/timeline.ts";
import { outcomes, type Points, secondsOf } from "../data/points.ts";
import { formatCount, formatMicros, formatTime } from "../numbers.ts";
import { append, onResize } from "./dom.ts";
import type { Scatter } from "./scatter.ts";
import { drawSketch } from "./sketch.ts";
import type { ChartState } from "./state.ts";

/** Number of operations shown before and after the chosen one, on the same key. */
const around = 6;

/** Shows, for a clicked point, the operations around it on the same key, drawn by process like anomalies. */
export function mountSlice(
  timeline: Timeline,
  points: Points,
  state: ChartState,
  scatter: Scatter,
  host: HTMLElement,
): void {
  const slice = document.createElement("figure");
  slice.className = "slice sketch-figure";
  slice.hidden = true;
  slice.setAttribute("aria-live", "polite");
  host.after(slice);
  let down = 0;
  host.addEventListener("pointerdown", (event) => {
    down = event.clientX;
  });
  host.addEventListener("click", (event) => {
    // The end of a drag is not a click on a point.
    if (Math.abs(event.clientX - down) > 5) return;
    const box = host.getBoundingClientRect();
    const chosen = scatter.nearest(state, event.clientX - box.left, event.clientY - box.top, 14);
    if (chosen !== undefined) open(slice, timeline, points, chosen);
  });
  slice.addEventListener("keydown", (event) => {
    if (event.key === "Escape") slice.hidden = true;
  });
}

function open(slice: HTMLElement, timeline: Timeline, points: Points, chosen: number): void {
  const sketch = sketchAround(timeline, points, chosen);
  slice.hidden = false;
  slice.replaceChildren();
  const caption = append(slice, "figcaption", "");
  const words = append(caption, "span", "");
  const key = points.keys[points.key[chosen] ?? 0] ?? "";
  words.textContent = `${formatCount(sketch.bars.length)} operations${key === "" ? "" : ` on ${key}`} around ${formatTime(secondsOf(points, chosen, "service"))}${points.dropped > 0 ? ", among those in this report" : ""}. `;
  const close = append(caption, "button", "");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => {
    slice.hidden = true;
  });
  const area = append(slice, "div", "sketch-area");
  area.tabIndex = 0;
  onResize(area, (width) => drawSketch(area, sketch, width));
}

function sketchAround(timeline: Timeline, points: Points, chosen: number): Sketch {
  const same = [...points.at.keys()].filter((i) => points.key[i] === points.key[chosen]);
  const position = same.indexOf(chosen);
  const shown = same.slice(Math.max(0, position - around), position + around + 1);
  const processes = [...new Set(shown.map((i) => points.process[i] ?? 0))];
  const bars = shown.map((i): Bar => {
    const from = secondsOf(points, i, "service");
    const outcome = outcomes[points.outcome[i] ?? 0] ?? "ok";
    const label = points.labels[points.label[i] ?? 0] ?? "";
    const error = points.errors[points.error[i] ?? 0] ?? "";
    return {
      lane: processes.indexOf(points.process[i] ?? 0),
      from,
      ...(outcome !== "info" && { to: from + (points.service[i] ?? points.response[i] ?? 0) / 1e6 }),
      outcome,
      label,
      title: `process ${points.process[i] ?? "?"}: ${label} in ${formatMicros(points.response[i] ?? Number.NaN)}${error === "" ? "" : `, ${error}`}`,
    };
  });
  const [first, last] = [bars[0]?.from ?? 0, bars.at(-1)?.to ?? bars.at(-1)?.from ?? 0];
  return {
    id: "slice",
    lanes: processes.map((process) => ({
      process,
      node: points.nodes[points.node[shown.find((i) => points.process[i] === process) ?? 0] ?? 0] ?? "",
    })),
    bars,
    chosen: shown.indexOf(chosen),
    orders: [],
    isUntimed: false,
    faults: timeline.faults.filter(({ from, to }) => from <= last && to >= first),
  };
}
