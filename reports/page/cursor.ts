import { plotOf } from "../charts/plot.ts";
import type { Timeline } from "../charts/timeline.ts";
import type { Points } from "../data/points.ts";
import { append } from "./dom.ts";
import { describeMoment, describePoint } from "./moment.ts";
import type { Scatter } from "./scatter.ts";
import { type ChartState, viewOf } from "./state.ts";

/** Marks one moment in all charts, with a description next to the pointer. */
export class Cursor {
  readonly #timeline: Timeline;
  readonly #points: Points;
  readonly #state: ChartState;
  readonly #scatter: Scatter | undefined;
  readonly #hosts: readonly HTMLElement[];
  readonly #tip: HTMLElement;
  readonly #ring: HTMLElement;
  #lines: HTMLElement[] = [];
  /** Seconds; undefined while no moment is marked. */
  moment: number | undefined;

  constructor(
    timeline: Timeline,
    points: Points,
    state: ChartState,
    hosts: readonly HTMLElement[],
    scatter: Scatter | undefined,
  ) {
    this.#timeline = timeline;
    this.#points = points;
    this.#state = state;
    this.#hosts = hosts;
    this.#scatter = scatter;
    this.#tip = append(document.body, "div", "tip");
    this.#tip.setAttribute("role", "status");
    this.#ring = document.createElement("div");
    this.#ring.className = "ring";
    this.hide();
  }

  /** Marks a moment; `at` is where the pointer is, in the host. */
  show(seconds: number, host: HTMLElement, at?: { readonly x: number; readonly y: number }): void {
    this.moment = Math.min(Math.max(seconds, this.#state.from), this.#state.to);
    this.#drawLines();
    const point =
      at && host.dataset["plot"] === "latency"
        ? this.#scatter?.nearest(this.#state, at.x, at.y, 14)
        : undefined;
    this.#ringAround(point, host);
    host.classList.toggle("on-point", point !== undefined);
    this.#tip.replaceChildren(
      ...(point === undefined
        ? describeMoment(this.#timeline, this.#state, this.moment)
        : describePoint(this.#points, point, this.#state.measure)),
    );
    this.#place(host, at);
  }

  hide(): void {
    this.moment = undefined;
    for (const line of this.#lines) line.remove();
    this.#lines = [];
    this.#ring.remove();
    this.#tip.hidden = true;
  }

  #drawLines(): void {
    for (const line of this.#lines) line.remove();
    this.#lines = this.#hosts.map((host) => {
      const line = append(host, "div", "cursor-line");
      const { x } = plotOf(viewOf(this.#state, host.clientWidth), 100, 0, 0);
      line.style.left = `${x(this.moment ?? 0)}px`;
      return line;
    });
  }

  #ringAround(point: number | undefined, host: HTMLElement): void {
    const pixels = point === undefined ? undefined : this.#scatter?.pixelsOf(this.#state, point);
    if (pixels === undefined) {
      this.#ring.remove();
      return;
    }
    this.#ring.style.left = `${pixels.x}px`;
    this.#ring.style.top = `${pixels.y}px`;
    host.append(this.#ring);
  }

  /** Places the tip next to the pointer, on the side that has room. */
  #place(host: HTMLElement, at: { readonly x: number; readonly y: number } | undefined): void {
    const box = host.getBoundingClientRect();
    const { x } = plotOf(viewOf(this.#state, host.clientWidth), 100, 0, 0);
    this.#tip.hidden = false;
    const [left, top] = [box.left + (at?.x ?? x(this.moment ?? 0)), box.top + (at?.y ?? 24)];
    const { offsetWidth, offsetHeight } = this.#tip;
    const tipX = left + 16 + offsetWidth < innerWidth ? left + 16 : left - 16 - offsetWidth;
    this.#tip.style.left = `${Math.max(4, Math.min(tipX, innerWidth - offsetWidth - 4))}px`;
    this.#tip.style.top = `${Math.max(4, Math.min(top - offsetHeight / 2, innerHeight - offsetHeight - 4))}px`;
  }
}
