import { curveChart } from "../charts/curves.ts";
import { checkerLanesChart, lanesChart } from "../charts/lanes.ts";
import { percentilesChart } from "../charts/percentiles.ts";
import { throughputChart } from "../charts/throughput.ts";
import type { Timeline } from "../charts/timeline.ts";
import { type UsageMeasure, usageChart } from "../charts/usage.ts";
import type { Points } from "../data/points.ts";
import { formatTime } from "../numbers.ts";
import { addressOf, restore } from "./address.ts";
import { Cursor } from "./cursor.ts";
import { mountChoice, onResize, showChoice } from "./dom.ts";
import { mountGestures } from "./gestures.ts";
import { Scatter } from "./scatter.ts";
import { mountSlice } from "./slice.ts";
import { type ChartState, initialState, viewOf, zoomBy, zoomTo } from "./state.ts";

/** The charts over time: one state, drawn by all of them. */
export interface Charts {
  /** Zooms to a period of the run, with some margin. */
  show(from: number, to: number): void;
  /** Repaints everything that does not follow the style by itself. */
  repaint(): void;
}

/** A place on the page that holds one chart over time. */
interface Host {
  readonly element: HTMLElement;
  width: number;
  draw(state: ChartState, width: number): void;
}

export function mountCharts(timeline: Timeline, points: Points): Charts {
  const state = initialState(timeline);
  const isLinked = restore(state, timeline, location.hash, points.at.length);
  const elements = [...document.querySelectorAll<HTMLElement>("[data-plot]:not([data-plot=spectrum])")];
  const scatterHost = elements.find((element) => element.dataset["plot"] === "latency");
  const scatter = scatterHost && new Scatter(timeline, points, scatterHost);
  const hosts = elements.map(
    (element): Host => ({ element, width: 0, draw: drawing(timeline, element, scatter) }),
  );
  const range = document.querySelector<HTMLElement>("output.range");
  const cursor = new Cursor(timeline, points, state, elements, scatter);
  const draw = () => {
    showState(state);
    for (const host of hosts) if (host.width > 0) host.draw(state, host.width);
    cursor.hide();
    if (range)
      range.textContent =
        state.to - state.from < timeline.end ? `${formatTime(state.from)} to ${formatTime(state.to)}` : "";
  };
  const change = () => {
    draw();
    writeAddress(addressOf(state, timeline));
  };
  showState(state);
  for (const host of hosts) {
    onResize(host.element, (width) => {
      host.width = width;
      host.draw(state, width);
    });
  }
  mountToolbar(timeline, state, change);
  mountGestures(timeline, state, elements, cursor, change);
  const slice =
    scatter &&
    scatterHost &&
    mountSlice({ timeline, points, state, scatter, host: scatterHost, cursor, change });
  const follow = () => {
    draw();
    slice?.update();
    document.getElementById("over-time")?.scrollIntoView();
  };
  if (isLinked) follow();
  addEventListener("hashchange", () => {
    if (restore(state, timeline, location.hash, points.at.length)) follow();
  });
  return {
    show(from, to) {
      const around = Math.max(0.05, (to - from) * 0.4);
      zoomTo(state, timeline, from - around, to + around);
      change();
    },
    repaint: draw,
  };
}

/** Shows the state in the toolbar, and in the figures of the page that follow the measure. */
function showState({ f, measure, colour }: ChartState): void {
  showChoice("function", f);
  showChoice("measure", measure);
  showChoice("colour", colour);
  document.documentElement.dataset["measure"] = measure;
  document.querySelector<HTMLElement>(".charts")?.setAttribute("data-colouring", colour);
}

/** Puts the state into the page's address, without an entry in the browser's history. */
function writeAddress(address: string): void {
  try {
    history.replaceState(null, "", address === "" ? location.href.replace(/#.*/, "") : `#${address}`);
  } catch {
    // Some browsers allow few changes in a short time: the next one writes it.
  }
}

/** How the chart of a place is drawn, by the place's name. */
function drawing(timeline: Timeline, element: HTMLElement, scatter: Scatter | undefined): Host["draw"] {
  const put = (markup: string) => {
    element.innerHTML = markup;
  };
  switch (element.dataset["plot"]) {
    case "latency":
      return (state, width) => scatter?.paint(state, width);
    case "lanes":
      return (state, width) => put(lanesChart(timeline, viewOf(state, width)).markup);
    case "checker-lanes":
      return (state, width) =>
        put(checkerLanesChart(timeline, viewOf(state, width), element.dataset["checker"] ?? "").markup);
    case "curve": {
      const { checker = "", node = "" } = element.dataset;
      return (state, width) => put(curveChart(timeline, viewOf(state, width), checker, node).markup);
    }
    case "percentiles":
      return (state, width) => put(percentilesChart(timeline, viewOf(state, width), state).markup);
    case "throughput":
      return (state, width) => put(throughputChart(timeline, viewOf(state, width), state).markup);
    case "usage":
      return (state, width) =>
        put(usageChart(timeline, viewOf(state, width), element.dataset["measure"] as UsageMeasure).markup);
    default:
      return () => {};
  }
}

function mountToolbar(timeline: Timeline, state: ChartState, draw: () => void): void {
  mountChoice("function", (f) => {
    state.f = f;
    draw();
  });
  mountChoice("measure", (measure) => {
    state.measure = measure === "service" ? "service" : "response";
    draw();
  });
  mountChoice("colour", (colour) => {
    state.colour = colour === "function" ? "function" : "outcome";
    draw();
  });
  for (const button of document.querySelectorAll<HTMLElement>("button[data-zoom]")) {
    button.addEventListener("click", () => {
      const middle = (state.from + state.to) / 2;
      if (button.dataset["zoom"] === "all") zoomTo(state, timeline, 0, timeline.end);
      else zoomBy(state, timeline, button.dataset["zoom"] === "in" ? 0.5 : 2, middle);
      draw();
    });
  }
}
