import { latencyFrame } from "../charts/latency.ts";
import type { Plot } from "../charts/plot.ts";
import { type Extent, logExtent, type Scale } from "../charts/scale.ts";
import type { Timeline } from "../charts/timeline.ts";
import { firstFrom, type Measure } from "../data/measure.ts";
import { outcomes, type Points, secondsOf } from "../data/points.ts";
import { styleColour } from "./dom.ts";
import { drawShape, type Shape } from "./shapes.ts";
import { type ChartState, viewOf } from "./state.ts";

/** Scatter plot of latency, painted on a canvas under the frame that all charts share. */
export class Scatter {
  readonly #timeline: Timeline;
  readonly #points: Points;
  readonly #frame: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #extent: Extent;
  /** For each error, whether it is a refused comparison. */
  readonly #refused: readonly boolean[];
  /** By each measure: seconds of every point, and the points in that order. */
  readonly #placed: Readonly<Record<Measure, Placed>>;
  #drawn: { readonly plot: Plot; readonly y: Scale; readonly shown: readonly number[] } | undefined;

  constructor(timeline: Timeline, points: Points, host: HTMLElement) {
    this.#timeline = timeline;
    this.#points = points;
    host.replaceChildren();
    this.#canvas = document.createElement("canvas");
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#frame = document.createElement("div");
    host.append(this.#canvas, this.#frame);
    this.#refused = points.errors.map((error) => error.startsWith("mismatch"));
    this.#placed = { response: placed(points, "response"), service: placed(points, "service") };
    this.#extent = logExtent([...points.response, ...points.service], { from: 100, to: 100_000 });
  }

  get plot(): Plot | undefined {
    return this.#drawn?.plot;
  }

  paint(state: ChartState, width: number): void {
    const { plot, y, svg } = latencyFrame(this.#timeline, viewOf(state, width), this.#extent);
    this.#frame.innerHTML = svg.markup;
    const context = prepare(this.#canvas, width, plot.height);
    const shown = this.#visible(state);
    this.#drawn = { plot, y, shown };
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
    context.clip();
    for (const { style, points } of this.#groups(state, shown)) {
      context.globalAlpha = style.alpha;
      context.fillStyle = style.colour;
      context.strokeStyle = style.colour;
      for (const i of points)
        drawShape(
          context,
          style.shape,
          plot.x(this.secondsOf(i, state)),
          y(this.microsOf(i, state)),
          style.size,
        );
    }
    context.restore();
  }

  /** Point nearest to a pixel of the host, within reach of a finger or a pointer. */
  nearest(state: ChartState, x: number, y: number, reach: number): number | undefined {
    const drawn = this.#drawn;
    if (drawn === undefined) return undefined;
    let found: number | undefined;
    let least = reach * reach;
    const latest = drawn.plot.x.invert(x + reach);
    const { seconds } = this.#placed[state.measure];
    const times = Float64Array.from(drawn.shown, (i) => seconds[i] ?? 0);
    for (let position = firstFrom(times, drawn.plot.x.invert(x - reach)); ; position++) {
      const i = drawn.shown[position];
      if (i === undefined || (times[position] ?? 0) > latest) return found;
      const dx = drawn.plot.x(times[position] ?? 0) - x;
      const dy = drawn.y(this.microsOf(i, state)) - y;
      const distance = dx * dx + dy * dy;
      if (distance >= least) continue;
      least = distance;
      found = i;
    }
  }

  /** Point in view that started nearest to a moment. */
  nearestTo({ measure }: ChartState, moment: number): number | undefined {
    const { seconds } = this.#placed[measure];
    const distance = (i: number) => Math.abs((seconds[i] ?? 0) - moment);
    return this.#drawn?.shown.reduce<number | undefined>(
      (nearest, i) => (nearest === undefined || distance(i) < distance(nearest) ? i : nearest),
      undefined,
    );
  }

  /** Where point `i` is, pixels of the host. */
  pixelsOf(state: ChartState, i: number): { x: number; y: number } | undefined {
    const drawn = this.#drawn;
    return drawn && { x: drawn.plot.x(this.secondsOf(i, state)), y: drawn.y(this.microsOf(i, state)) };
  }

  /** When the point started, by the measure that is shown. */
  secondsOf(i: number, { measure }: ChartState): number {
    return this.#placed[measure].seconds[i] ?? 0;
  }

  microsOf(i: number, { measure }: ChartState): number {
    const { response, service } = this.#points;
    const column = measure === "service" && service.length > 0 ? service : response;
    return Math.max(1, column[i] ?? 1);
  }

  /** Positions of the points that the state shows, in order of time. */
  #visible(state: ChartState): number[] {
    const { f, functions } = this.#points;
    const { seconds, order } = this.#placed[state.measure];
    const wanted = functions.indexOf(state.f);
    const shown: number[] = [];
    for (const i of order) {
      const at = seconds[i] ?? 0;
      if (at < state.from) continue;
      if (at > state.to) break;
      if (state.f === "" || f[i] === wanted) shown.push(i);
    }
    return shown;
  }

  /** Groups points by how they are drawn, ordinary ones first, so that failed and unknown ones lie on top. */
  #groups(state: ChartState, shown: readonly number[]): { style: PointStyle; points: number[] }[] {
    const { outcome, f, functions, error } = this.#points;
    const style = styles(state, shown.length);
    const groups = new Map<number, { style: PointStyle; points: number[] }>();
    for (const i of shown) {
      const [ending, fn] = [outcome[i] ?? 0, f[i] ?? 0];
      const refused = this.#refused[error[i] ?? 0] === true;
      const key = (ending * 2 + (refused ? 0 : 1)) * functions.length + fn;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { style: style(ending, fn, refused), points: [i] });
      else group.points.push(i);
    }
    return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
  }
}

interface Placed {
  readonly seconds: Float64Array;
  readonly order: Uint32Array;
}

function placed(points: Points, measure: Measure): Placed {
  const seconds = Float64Array.from(points.at, (_, i) => secondsOf(points, i, measure));
  const order = Uint32Array.from(seconds.keys()).sort((a, b) => (seconds[a] ?? 0) - (seconds[b] ?? 0));
  return { seconds, order };
}

interface PointStyle {
  readonly colour: string;
  readonly shape: Shape;
  readonly size: number;
  readonly alpha: number;
}

/** Draws few points as shapes; many as specks, darker where they crowd. */
function styles(
  state: ChartState,
  count: number,
): (outcome: number, f: number, refused: boolean) => PointStyle {
  const crowded = count > 3_000;
  const byOutcome = outcomes.map((outcome) => styleColour(`--${outcome}`));
  const byFunction = [0, 1, 2, 3, 4, 5].map((hue) => styleColour(`--f-${hue}`));
  const shapes: readonly Shape[] = ["circle", "square", "diamond", "bar", "circle", "square"];
  return (outcome, f, refused) => {
    const colour = (state.colour === "function" ? byFunction[f % 6] : byOutcome[outcome]) ?? "currentColor";
    // Refused comparisons are ordinary answers and there are many, so they are not drawn as failures.
    if (outcome === 1 && !refused)
      return { colour, shape: "cross", size: crowded ? 4 : 6, alpha: crowded ? 0.6 : 0.9 };
    if (outcome === 2) return { colour, shape: "triangle", size: crowded ? 6 : 8, alpha: 0.9 };
    if (crowded)
      return { colour, shape: "speck", size: count > 20_000 ? 1.5 : 2, alpha: count > 20_000 ? 0.4 : 0.6 };
    return { colour, shape: shapes[f % 6] ?? "circle", size: count > 800 ? 3.5 : 5.5, alpha: 0.8 };
  };
}

/** Sizes the canvas for the screen's own pixels and clears it. */
function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.max(1, devicePixelRatio);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.setProperty("--width", `${width}px`);
  canvas.style.setProperty("--height", `${height}px`);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not support canvas");
  context.scale(ratio, ratio);
  return context;
}
