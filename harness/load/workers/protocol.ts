/** What a run's process and its load workers say to each other, over the channel that Node gives a child. All of it is data. */
import type { ConnectOptions, Endpoint } from "../../../adapters/adapter.ts";
import type { NodeId } from "../../../core/op.ts";
import type { Load } from "../../../core/run.ts";
import type { Nanos } from "../../../core/time.ts";
import type { Share, WorkloadRun } from "../../../workloads/workload.ts";
import type { Counted } from "../../record/recorder.ts";
import type { ClientsContext, WorkerFigures } from "../clients.ts";
import type { Unsent } from "../load.ts";

/** The clients of one share, as far as another process must know of them. */
export interface ShareSpec {
  /** Names, in the registries. */
  readonly adapter: string;
  readonly workload: string;
  readonly run: WorkloadRun;
  readonly endpoints: readonly Endpoint[];
  readonly targets?: readonly NodeId[];
  readonly connect: Omit<ConnectOptions, "clock">;
  readonly connections: number | undefined;
  readonly load: Load;
  readonly opened: number;
  readonly seed: number;
  readonly phase: ClientsContext["phase"];
  readonly share: Share;
  /** File of the worker's part of the history. Absent: nothing is recorded. */
  readonly part?: string;
}

/** `begin`, `from`: readings of the machine's monotonic clock. */
export type Command =
  | { readonly do: "make"; readonly spec: ShareSpec }
  | { readonly do: "start"; readonly begin: Nanos; readonly from: Nanos }
  | { readonly do: "may-stop"; readonly may: boolean }
  | { readonly do: "succeeded" }
  | { readonly do: "stop" }
  | { readonly do: "close" };

/** What a share did. */
export interface ShareResult {
  readonly unsent: readonly Unsent[];
  readonly figures: WorkerFigures;
}

/** What each command is answered with. */
export interface Answers {
  readonly make: undefined;
  readonly start: undefined;
  readonly "may-stop": undefined;
  readonly succeeded: number;
  readonly stop: ShareResult;
  readonly close: undefined;
}

export type Question = Command & { readonly id: number };

export type Report =
  | { readonly id: number; readonly answer: Answers[Command["do"]] }
  | { readonly id: number; readonly error: string }
  /** Outcomes so far; a few times a second. */
  | { readonly counted: Counted }
  /** A bug of ours: the share does not go on as it should. */
  | { readonly failure: string };
