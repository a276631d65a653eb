/** How the load generator's own process fares, so that its limits are not taken for the system's. */
export interface ClientProbe {
  /** Begins to watch; figures of an earlier watch are forgotten. */
  start(): void;
  stop(): ClientLoad;
}

export interface ClientLoad {
  /** 0 to 1. */
  readonly eventLoopUtilization: number;
  readonly gcMs: number;
  /** Processor time of the whole process, all threads, for each second. */
  readonly cpuShare: number;
  /** Share of the time, 0 to 1, in which the event loop was ready to run and had no processor. Absent where the platform does not say. */
  readonly waitShare?: number;
}

/** Probe for virtual time, in which the generator takes no time. */
export const noProbe: ClientProbe = {
  start() {},
  stop: () => ({ eventLoopUtilization: 0, gcMs: 0, cpuShare: 0 }),
};
