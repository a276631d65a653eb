/** Jobs that wait most of their time, side by side: as many at once as there are lanes, but one at a time of those that cost much. */
export interface Job {
  readonly isCostly: boolean;
  run(): Promise<void>;
}

/**
 * Runs all jobs, in their order as far as lanes are free: a costly one as soon as no other costly one runs. Rejects with what
 * a job rejects with, once the jobs that had started have ended.
 */
export async function runInLanes(jobs: readonly Job[], lanes: number): Promise<void> {
  const costly = jobs.filter(({ isCostly }) => isCostly);
  const others = jobs.filter(({ isCostly }) => !isCostly);
  let isCostlyRunning = false;
  const next = () => (isCostlyRunning ? undefined : costly.shift()) ?? others.shift();
  const failures: unknown[] = [];
  const runLane = async (): Promise<void> => {
    for (let job = next(); job !== undefined && failures.length === 0; job = next()) {
      const { isCostly } = job;
      if (isCostly) isCostlyRunning = true;
      try {
        await job.run();
      } catch (reason) {
        failures.push(reason);
      } finally {
        if (isCostly) isCostlyRunning = false;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, runLane));
  if (failures.length > 0) throw failures[0];
}
