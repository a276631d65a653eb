import type { Timeline } from "../charts/timeline.ts";
import { type ChartState, initialState, zoomTo } from "./state.ts";

/**
 * What the charts show, as the part of the page's address after `#`, so that a colleague can be sent to it:
 * `at=5.1-7.25&operation=read&measure=service&colour=function&point=4711`.
 */
export function addressOf(state: ChartState, { end }: Pick<Timeline, "end">): string {
  const parts = new URLSearchParams();
  if (state.from > 0 || state.to < end) parts.set("at", `${seconds(state.from)}-${seconds(state.to)}`);
  if (state.f !== "") parts.set("operation", state.f);
  if (state.measure !== "response") parts.set("measure", state.measure);
  if (state.colour !== "outcome") parts.set("colour", state.colour);
  if (state.point !== undefined) parts.set("point", String(state.point));
  return parts.toString();
}

/** Sets the state to what an address says; what it does not say, or says wrongly, is as at the start. False if it is no state. */
export function restore(state: ChartState, timeline: Timeline, hash: string, points: number): boolean {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  if (!["at", "operation", "measure", "colour", "point"].some((name) => parts.has(name))) return false;
  const { point: _, ...start } = initialState(timeline);
  delete state.point;
  Object.assign(state, start);
  const [, from, to] = /^([\d.]+)-([\d.]+)$/.exec(parts.get("at") ?? "") ?? [];
  if (from !== undefined && Number(to) > Number(from)) zoomTo(state, timeline, Number(from), Number(to));
  const f = parts.get("operation") ?? "";
  if (timeline.series.response.latency.some((series) => series.f === f)) state.f = f;
  if (parts.get("measure") === "service" && timeline.series.service !== undefined) state.measure = "service";
  if (parts.get("colour") === "function") state.colour = "function";
  const point = Number(parts.get("point") ?? Number.NaN);
  if (Number.isInteger(point) && point >= 0 && point < points) state.point = point;
  return true;
}

/** Microseconds are as fine as charts are. */
const seconds = (time: number): string => String(Number(time.toFixed(6)));
