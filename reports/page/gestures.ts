import { plotOf } from "../charts/plot.ts";
import type { Timeline } from "../charts/timeline.ts";
import type { Cursor } from "./cursor.ts";
import { append } from "./dom.ts";
import { type ChartState, viewOf, zoomBy, zoomTo } from "./state.ts";

/** Pointer and keys on charts: hovering marks a moment, dragging zooms in; arrows, + and − do the same. */
export function mountGestures(
  timeline: Timeline,
  state: ChartState,
  hosts: readonly HTMLElement[],
  cursor: Cursor,
  draw: () => void,
): void {
  for (const host of hosts) {
    mountPointer(timeline, state, host, cursor, draw);
    host.addEventListener("dblclick", () => {
      zoomTo(state, timeline, 0, timeline.end);
      draw();
    });
    host.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (key(timeline, state, host, cursor, event.key, draw)) event.preventDefault();
    });
    host.addEventListener("blur", () => cursor.hide());
    host.tabIndex = 0;
    host.setAttribute("role", "group");
    host.setAttribute(
      "aria-label",
      `${host.dataset["plot"] ?? ""} chart; arrows move the cursor, plus and minus zoom, 0 shows everything`,
    );
  }
}

function mountPointer(
  timeline: Timeline,
  state: ChartState,
  host: HTMLElement,
  cursor: Cursor,
  draw: () => void,
): void {
  let start: number | undefined;
  let selection: HTMLElement | undefined;
  const place = (event: PointerEvent) => {
    const box = host.getBoundingClientRect();
    const plot = plotOf(viewOf(state, host.clientWidth), 100, 0, 0);
    const x = Math.min(plot.right, Math.max(plot.left, event.clientX - box.left));
    return { x, y: event.clientY - box.top, seconds: plot.x.invert(x) };
  };
  const end = () => {
    selection?.remove();
    selection = undefined;
    start = undefined;
  };
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = place(event).x;
  });
  host.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (start !== undefined && Math.abs(at.x - start) > 5) {
      if (selection === undefined) {
        selection = append(host, "div", "selection");
        host.setPointerCapture(event.pointerId);
      }
      selection.style.left = `${Math.min(start, at.x)}px`;
      selection.style.width = `${Math.abs(at.x - start)}px`;
    }
    cursor.show(at.seconds, host, at);
  });
  host.addEventListener("pointerup", (event) => {
    const at = place(event);
    if (start !== undefined && selection !== undefined) {
      const { x } = plotOf(viewOf(state, host.clientWidth), 100, 0, 0);
      const [from, to] = [x.invert(Math.min(start, at.x)), x.invert(Math.max(start, at.x))];
      end();
      zoomTo(state, timeline, from, to);
      draw();
    }
    end();
  });
  host.addEventListener("pointercancel", end);
  host.addEventListener("pointerleave", () => {
    if (selection === undefined) cursor.hide();
  });
}

/** Returns whether the key was handled. */
function key(
  timeline: Timeline,
  state: ChartState,
  host: HTMLElement,
  cursor: Cursor,
  name: string,
  draw: () => void,
): boolean {
  const span = state.to - state.from;
  const moment = cursor.moment ?? (state.from + state.to) / 2;
  const zoom = (change: () => void) => {
    change();
    draw();
    cursor.show(moment, host);
  };
  switch (name) {
    case "ArrowLeft":
    case "ArrowRight": {
      const next = moment + ((name === "ArrowLeft" ? -1 : 1) * span) / 50;
      if (next < state.from || next > state.to) {
        const shift = next < state.from ? -span / 4 : span / 4;
        zoomTo(state, timeline, state.from + shift, state.to + shift);
        draw();
      }
      cursor.show(next, host);
      return true;
    }
    case "+":
    case "=":
      zoom(() => zoomBy(state, timeline, 0.5, moment));
      return true;
    case "-":
    case "_":
      zoom(() => zoomBy(state, timeline, 2, moment));
      return true;
    case "0":
      zoom(() => zoomTo(state, timeline, 0, timeline.end));
      return true;
    case "Escape":
      cursor.hide();
      return true;
    default:
      return false;
  }
}
