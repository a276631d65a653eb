/** Follows runs that go on: reads what their processes append, while somebody looks. */
import { type Clock, sleep } from "../../../core/clock.ts";
import { millis } from "../../../core/time.ts";
import { pack } from "../../../reports/data/columns.ts";
import type { LiveRun } from "../../../reports/runs/live.ts";
import { goesOn } from "../../../reports/runs/row.ts";
import { liveEvent, usageTime } from "./live-event.ts";
import { LiveHistory } from "./live-history.ts";
import type { PlacedFile, RunPlace } from "./results-folder.ts";
import type { FoundRun, Runs } from "./runs.ts";
import { Tail } from "./tail.ts";

/** Reading costs processor time on the machine that is measured: once a second is enough for people. */
const interval = millis(1_000);

/** Receives a LiveRun, packed, and whether it is the last. */
export type Listener = (packed: string, isLast: boolean) => void;

/** One follower for each run, whoever looks. */
export class Followers {
  readonly #runs: Runs;
  readonly #clock: Clock;
  readonly #failed: (reason: unknown) => void;
  readonly #followers = new Map<string, Follower>();

  constructor(runs: Runs, clock: Clock, failed: (reason: unknown) => void) {
    this.#runs = runs;
    this.#clock = clock;
    this.#failed = failed;
  }

  /** Calls `listener` now and whenever there is news. Returns a function that ends this. */
  follow(id: string, listener: Listener): () => void {
    const follower = this.#followers.get(id) ?? this.#begin(id);
    const leave = follower.add(listener);
    return () => {
      leave();
      // It will end: who comes next needs another.
      if (follower.isDeserted) this.#forget(id, follower);
    };
  }

  #begin(id: string): Follower {
    const follower = new Follower(id, this.#runs, this.#clock);
    this.#followers.set(id, follower);
    void follower
      .run()
      .catch(this.#failed)
      .finally(() => this.#forget(id, follower));
    return follower;
  }

  #forget(id: string, follower: Follower): void {
    if (this.#followers.get(id) === follower) this.#followers.delete(id);
  }
}

class Follower {
  readonly #id: string;
  readonly #runs: Runs;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  readonly #deserted = new AbortController();
  #history = new LiveHistory();
  #tails = new Map<string, Tail>();
  /** Whether the history was whole when it was last read. */
  #isWhole = false;
  #last: string | undefined;

  constructor(id: string, runs: Runs, clock: Clock) {
    this.#id = id;
    this.#runs = runs;
    this.#clock = clock;
  }

  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#last !== undefined) listener(this.#last, false);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#deserted.abort();
    };
  }

  get isDeserted(): boolean {
    return this.#deserted.signal.aborted;
  }

  /** Resolves when the run has ended, or nobody looks any more. */
  async run(): Promise<void> {
    try {
      await this.#follow();
    } catch (reason) {
      this.#send({ ...this.#view(undefined), state: "unreadable" }, true);
      throw reason;
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#deserted;
    while (!signal.aborted) {
      // First how far it is, then what it wrote: of a run that has ended, everything is read.
      const found = await this.#runs.find(this.#id);
      const more = found !== undefined && (await this.#read(found.place));
      const view = this.#view(found);
      const isLast = !more && !goesOn(view.state);
      this.#send(view, isLast);
      if (isLast) return;
      if (!more) await sleep(this.#clock, interval, signal).catch(() => {});
    }
  }

  #send(view: LiveRun, isLast: boolean): void {
    this.#last = pack(view);
    for (const listener of [...this.#listeners]) listener(this.#last, isLast);
  }

  #view(found: FoundRun | undefined): LiveRun {
    const nodes = found?.run?.nodes.map(({ id }) => id) ?? [];
    const view = this.#history.view({ nodes, nemeses: found?.run?.nemeses ?? [] });
    return { id: this.#id, state: found?.row.state ?? "killed", ...view };
  }

  /** Resolves with whether there is more to read at once. */
  async #read({ files, parts = [] }: RunPlace): Promise<boolean> {
    const whole = files["history.jsonl"];
    if (whole !== undefined && !this.#isWhole) {
      // The parts are in it, and were perhaps not read to their end.
      this.#isWhole = true;
      this.#history = new LiveHistory();
      this.#tails = new Map();
    }
    const usage = files["usage.jsonl"];
    const history = this.#history;
    let more = false;
    for (const file of whole === undefined ? parts : [whole])
      more =
        (await this.#tail(file, (line) => {
          const event = liveEvent(line);
          if (event !== undefined) history.add(event);
        })) || more;
    if (usage !== undefined)
      more = (await this.#tail(usage, (line) => history.passed(usageTime(line) ?? zero))) || more;
    return more;
  }

  async #tail(file: PlacedFile, line: (text: string) => void): Promise<boolean> {
    const tail = this.#tails.get(file.path) ?? new Tail();
    this.#tails.set(file.path, tail);
    try {
      return await tail.read(file, line);
    } catch (reason) {
      // The parts are removed once the history is whole: the next look finds that.
      if ((reason as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw reason;
    }
  }
}

const zero = millis(0);
