/** A load worker, inside its process: does what it is told, and ends with whoever tells it. */
import type { Adapter } from "../../../adapters/adapter.ts";
import { assert, unreachable } from "../../../core/assert.ts";
import { type Clock, sleep } from "../../../core/clock.ts";
import { realClock } from "../../../core/real-clock.ts";
import { millis } from "../../../core/time.ts";
import type { Workload } from "../../../workloads/workload.ts";
import { PartFile } from "../../record/part-file.ts";
import { Recorder } from "../../record/recorder.ts";
import { ClientGroup } from "../client-group.ts";
import { randomOfPhase } from "../local-clients.ts";
import { realClientProbe } from "../node-client-probe.ts";
import { raisePriority } from "./priority.ts";
import type { Answers, Command, Question, Report, ShareSpec } from "./protocol.ts";

export interface KnownNames {
  readonly adapters: Readonly<Record<string, Adapter>>;
  readonly workloads: Readonly<Record<string, Workload>>;
}

/** Interval of reporting counts and of writing what was received. */
const tick = millis(200);

/** Serves the parent of this process until it is gone. */
export function serveParent(names: KnownNames): void {
  const send = (report: Report) => process.connected && process.send?.(report);
  const worker = new ClientWorker(names, realClock(), send);
  process.on("message", (question: Question) => void worker.answer(question));
  // Whoever is left without its run ends like a client that died: it says good-bye to nobody.
  process.on("disconnect", () => process.exit());
}

class ClientWorker {
  readonly #names: KnownNames;
  readonly #clock: Clock;
  readonly #send: (report: Report) => void;
  readonly #probe = realClientProbe();
  readonly #prioritized = raisePriority();
  #share: ShareAtWork | undefined;

  constructor(names: KnownNames, clock: Clock, send: (report: Report) => void) {
    this.#names = names;
    this.#clock = clock;
    this.#send = send;
  }

  async answer(question: Question): Promise<void> {
    const { id } = question;
    try {
      this.#send({ id, answer: await this.#perform(question) });
    } catch (reason) {
      this.#send({ id, error: messageOf(reason) });
    }
  }

  async #perform(command: Command): Promise<Answers[Command["do"]]> {
    if (command.do === "make") return await this.#make(command.spec);
    const share = this.#share;
    assert(share !== undefined, `${command.do} before there were clients`);
    const { group, recorder } = share;
    switch (command.do) {
      case "start":
        recorder.begin(command.begin);
        this.#probe.start();
        group.start(command.begin, command.from);
        void this.#report(share);
        return undefined;
      case "may-stop":
        group.mayStop(command.may);
        return undefined;
      case "succeeded":
        this.#send({ counted: recorder.counted });
        return group.succeeded;
      case "stop": {
        // Waiting for the last answers is no load: it would make a busy event loop look idle.
        const busy = this.#probe.stop();
        await group.stop();
        share.over.abort();
        share.part?.flush();
        this.#send({ counted: recorder.counted });
        const { unsent, sendLagMsP99 } = group;
        return { unsent, figures: { sendLagMsP99, prioritized: this.#prioritized, ...busy } };
      }
      case "close":
        share.over.abort();
        await group.stop();
        await group.close();
        share.part?.close();
        this.#share = undefined;
        return undefined;
      default:
        return unreachable(command);
    }
  }

  /** Makes the clients and connects some of them. */
  async #make(spec: ShareSpec): Promise<undefined> {
    const adapter = this.#names.adapters[spec.adapter];
    const workload = this.#names.workloads[spec.workload];
    assert(adapter !== undefined && workload !== undefined, "a worker of another version");
    const part = spec.part === undefined ? undefined : new PartFile(spec.part);
    const recorder = new Recorder(this.#clock, (event) => part?.append(event), false);
    const group = new ClientGroup({
      clock: this.#clock,
      adapter,
      workload,
      run: spec.run,
      endpoints: spec.endpoints,
      ...(spec.targets !== undefined && { targets: spec.targets }),
      connect: { ...spec.connect, clock: this.#clock },
      connections: spec.connections,
      load: spec.load,
      opened: spec.opened,
      random: randomOfPhase(spec.seed, spec.phase),
      share: spec.share,
      recorder,
      onError: (reason) => this.#send({ failure: messageOf(reason) }),
    });
    if (spec.phase === "warm-up") group.countLoad();
    this.#share = { group, recorder, over: new AbortController(), ...(part !== undefined && { part }) };
    await group.open();
    return undefined;
  }

  async #report({ recorder, part, over }: ShareAtWork): Promise<void> {
    while (!over.signal.aborted) {
      part?.flush();
      if (part !== undefined) this.#send({ counted: recorder.counted });
      await sleep(this.#clock, tick, over.signal).catch(() => {});
    }
  }
}

interface ShareAtWork {
  readonly group: ClientGroup;
  readonly recorder: Recorder;
  readonly part?: PartFile;
  readonly over: AbortController;
}

/** With the stack: it is a bug of ours, in a process that nobody else sees. */
const messageOf = (reason: unknown): string =>
  reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
