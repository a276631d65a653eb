/** All studies: figures that a run has besides those of every run, because of its load, or because `--study` asked for them. */
import { type Sweep, sweepOf } from "../data/sweep.ts";
import { type Aging, agingOf } from "./aging.ts";
import { type CheckPerf, checkPerfOf } from "./check-perf.ts";
import { type Dbtester, dbtesterOf } from "./dbtester.ts";
import { type Recovery, recoveryOf } from "./recovery.ts";
import type { Studied } from "./study.ts";

/** The figures of each study, by its name, in the order in which they are shown. */
export interface StudyFigures {
  readonly "check-perf": CheckPerf;
  readonly dbtester: Dbtester;
  readonly sweep: Sweep;
  readonly aging: Aging;
  readonly recovery: Recovery;
}
export type StudyName = keyof StudyFigures;

const measures: {
  readonly [Name in StudyName]: (studied: Studied) => StudyFigures[Name] | undefined;
} = {
  "check-perf": checkPerfOf,
  dbtester: dbtesterOf,
  sweep: ({ run, operations, end }) => sweepOf(run.load, operations, run.unsent ?? [], end),
  aging: agingOf,
  recovery: recoveryOf,
};

export const studyNames = Object.keys(measures) as readonly StudyName[];

/** The studies of a run; those that it is no subject of are absent. */
export type Studies = Partial<StudyFigures>;

export const studiesOf = (studied: Studied): Studies =>
  Object.fromEntries(
    studyNames.flatMap((name) => {
      const figures = measures[name](studied);
      return figures === undefined ? [] : [[name, figures]];
    }),
  );
