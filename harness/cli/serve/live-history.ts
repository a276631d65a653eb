/** Figures of a history that is being written: what the live charts draw. */
import { type FaultWindow, faultWindows, leaderSpans } from "../../../core/fault.ts";
import type { HarnessEvent } from "../../../core/harness-event.ts";
import { type Nanos, nanos, seconds, toSeconds } from "../../../core/time.ts";
import type { Timeline } from "../../../reports/charts/timeline.ts";
import { namedFaults, phasesOf } from "../../../reports/context.ts";
import type { LiveRun, Recent } from "../../../reports/runs/live.ts";
import type { LiveEvent, LiveClientEvent as Sent } from "./live-event.ts";
import { LiveSeries } from "./live-series.ts";

/** Length of what the current figures cover, seconds. */
const recentSeconds = 5;

/** What is known of a run before it has ended, from its run.json. */
export interface LiveSetting {
  readonly nodes: readonly string[];
  readonly nemeses: readonly string[];
}

export class LiveHistory {
  /** Where operations were meant to start, as in reports. */
  readonly #series = new LiveSeries();
  /** Where they were answered: how fast it is now. */
  readonly #answered = new LiveSeries();
  readonly #counts = { ok: 0, fail: 0, info: 0 };
  /** When the current operation of each process was meant to start. */
  readonly #meant = new Map<number, Nanos>();
  readonly #news: HarnessEvent[] = [];
  #now = nanos(0);
  #loadEnd = Number.POSITIVE_INFINITY;

  add({ kind, event }: LiveEvent): void {
    this.passed(event.time);
    if (kind === "client") {
      this.#client(event);
      return;
    }
    this.#news.push(event);
    if (event.f === "phase" && (event.value === "ending" || event.value === "final"))
      this.#loadEnd = Math.min(this.#loadEnd, event.time);
  }

  /** Notes that the run has come this far. */
  passed(time: Nanos): void {
    if (time > this.#now) this.#now = time;
  }

  #client({ type, time, process, intended }: Sent): void {
    if (type === "invoke") {
      this.#meant.set(process, intended ?? time);
      return;
    }
    const meant = this.#meant.get(process);
    this.#meant.delete(process);
    // What is put in place before the load has no times, and the last reads are no load.
    if (time === 0 || meant === undefined || meant >= this.#loadEnd) return;
    this.#counts[type]++;
    const took = nanos(Math.max(0, time - meant));
    this.#series.add(meant, type, took);
    this.#answered.add(time, type, took);
  }

  /** Everything that the page shows of the run, except for its name and state. */
  view(setting: LiveSetting): Omit<LiveRun, "id" | "state"> {
    const windows = this.#windows();
    const recent = this.#recent();
    const leader = this.#news.findLast((event) => event.f === "leader")?.value;
    const phase = this.#news.findLast((event) => event.f === "phase")?.value;
    return {
      elapsed: toSeconds(this.#now),
      ...(phase !== undefined && { phase }),
      counts: { ...this.#counts },
      ...(recent !== undefined && { recent }),
      ...(typeof leader === "string" && { leader }),
      faults: windows.filter(({ lasts }) => lasts).map(({ window }) => window.summary),
      ...(this.#now > 0 && { timeline: this.#timeline(setting, windows) }),
    };
  }

  #windows(): { readonly window: FaultWindow; readonly lasts: boolean }[] {
    const ended = new Set(
      this.#news.flatMap((event) =>
        event.f === "fault" && event.value.state === "end" ? [event.value.id] : [],
      ),
    );
    return faultWindows(this.#news).map((window) => {
      const lasts = !ended.has(window.id);
      return { window: lasts ? { ...window, to: this.#now } : window, lasts };
    });
  }

  #recent(): Recent | undefined {
    const to = Math.floor(toSeconds(nanos(Math.min(this.#now, this.#loadEnd))));
    const from = Math.max(0, to - recentSeconds);
    if (to === from) return undefined;
    const { ok, p50, p99 } = this.#answered.between(from, to);
    const known = (micros: number) => (Number.isFinite(micros) ? micros : null);
    return { perSecond: ok / (to - from), p50: known(p50), p99: known(p99) };
  }

  #timeline({ nodes, nemeses }: LiveSetting, windows: readonly { readonly window: FaultWindow }[]): Timeline {
    const now = this.#now;
    const spans = leaderSpans(this.#news);
    return {
      end: Math.max(1, toSeconds(now)),
      nodes,
      faults: namedFaults(
        windows.map(({ window }) => window),
        nemeses,
      ).map(({ band }) => band),
      leaders: spans.map(({ node, from, to }, i) => ({
        ...(node !== undefined && { node }),
        from: toSeconds(from),
        to: toSeconds(i === spans.length - 1 ? now : to),
      })),
      phases: phasesOf(this.#news, now),
      lanes: [],
      curves: [],
      series: this.#series.series(nanos(Math.min(now, this.#loadEnd + seconds(1)))),
      usage: { nodes: [] },
    };
  }
}
