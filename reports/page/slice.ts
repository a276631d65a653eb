import { printable } from "../../core/printable.ts";
import { count } from "../../core/wording.ts";
import type { Bar, Sketch } from "../charts/sketch.ts";
import type { Timeline } from "../charts/timeline.ts";
import { outcomes, type Points, secondsOf } from "../data/points.ts";
import { formatMicros, formatTime } from "../numbers.ts";
import type { Cursor } from "./cursor.ts";
import { append, onResize } from "./dom.ts";
import type { Scatter } from "./scatter.ts";
import { drawSketch } from "./sketch.ts";
import type { ChartState } from "./state.ts";

/** Number of operations shown before and after the chosen one, on the same key. */
const around = 6;

/** Where a slice belongs, and what it tells of its changes. */
interface SliceContext {
  readonly timeline: Timeline;
  readonly points: Points;
  readonly state: ChartState;
  readonly scatter: Scatter;
  readonly host: HTMLElement;
  readonly cursor: Cursor;
  /** Called after `state.point` has changed. */
  change(): void;
}

export interface Slice {
  /** Shows the point of the state. */
  update(): void;
}

/**
 * Shows, for a point, the operations around it on the same key, drawn by process like anomalies. A click on a point opens it, or
 * Enter on the chart; arrows go to the operations before and after, Escape closes it.
 */
export function mountSlice(context: SliceContext): Slice {
  const { state, scatter, host, cursor, change } = context;
  const slice = document.createElement("figure");
  slice.className = "slice sketch-figure";
  slice.hidden = true;
  slice.setAttribute("aria-live", "polite");
  host.after(slice);
  const close = () => {
    delete state.point;
    slice.hidden = true;
    change();
    host.focus();
  };
  const update = () => {
    slice.hidden = state.point === undefined;
    if (state.point !== undefined) fill(slice, context, state.point, close);
  };
  const choose = (point: number | undefined) => {
    if (point === undefined) return;
    state.point = point;
    change();
    update();
  };
  let down = 0;
  host.addEventListener("pointerdown", (event) => {
    down = event.clientX;
  });
  host.addEventListener("click", (event) => {
    // The end of a drag is not a click on a point.
    if (Math.abs(event.clientX - down) > 5) return;
    const box = host.getBoundingClientRect();
    choose(scatter.nearest(state, event.clientX - box.left, event.clientY - box.top, 14));
  });
  host.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    choose(scatter.nearestTo(state, cursor.moment ?? (state.from + state.to) / 2));
    slice.querySelector<HTMLElement>(".sketch-area")?.focus();
  });
  slice.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if ((event.key !== "ArrowLeft" && event.key !== "ArrowRight") || state.point === undefined) return;
    event.preventDefault();
    const same = ofSameKey(context.points, state.point);
    choose(same[same.indexOf(state.point) + (event.key === "ArrowLeft" ? -1 : 1)]);
    slice.querySelector<HTMLElement>(".sketch-area")?.focus();
  });
  return { update };
}

function fill(
  slice: HTMLElement,
  { timeline, points }: SliceContext,
  chosen: number,
  close: () => void,
): void {
  const sketch = sketchAround(timeline, points, chosen);
  slice.replaceChildren();
  const caption = append(slice, "figcaption", "");
  const words = append(caption, "span", "");
  const key = points.keys[points.key[chosen] ?? 0] ?? "";
  words.append(`${count(sketch.bars.length, "operation")}${key === "" ? "" : " on "}`);
  append(words, "bdi", "").textContent = printable(key);
  words.append(
    ` around ${formatTime(secondsOf(points, chosen, "service"))}${points.dropped > 0 ? ", among those in this report" : ""}. `,
  );
  append(words, "span", "quiet").textContent = "← → go to the operation before or after, Esc closes.";
  const button = append(caption, "button", "");
  button.type = "button";
  button.textContent = "Close";
  button.addEventListener("click", close);
  const area = append(slice, "div", "sketch-area");
  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.setAttribute("aria-label", "History of the key around the operation");
  onResize(area, (width) => drawSketch(area, sketch, width));
}

/** Points of the same key as a point, in the order in which they were sent. */
function ofSameKey(points: Points, chosen: number): number[] {
  const same = [...points.at.keys()].filter((i) => points.key[i] === points.key[chosen]);
  const seconds = new Map(same.map((i) => [i, secondsOf(points, i, "service")]));
  return same.sort((a, b) => (seconds.get(a) ?? 0) - (seconds.get(b) ?? 0) || a - b);
}

function sketchAround(timeline: Timeline, points: Points, chosen: number): Sketch {
  const same = ofSameKey(points, chosen);
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
