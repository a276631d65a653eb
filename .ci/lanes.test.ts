import { describe, expect, it } from "vitest";
import { type Job, runInLanes } from "./lanes.ts";

/** Jobs that the test ends with `end`, and a log of which began (+) and ended (-). */
function jobs(...names: readonly string[]) {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const all = names.map((name): Job & { readonly name: string } => ({
    name,
    isCostly: name.startsWith("costly"),
    run: () => {
      log.push(`+${name}`);
      return new Promise((resolve) => {
        ends.set(name, () => {
          log.push(`-${name}`);
          resolve();
        });
      });
    },
  }));
  const end = async (name: string): Promise<void> => {
    const done = ends.get(name);
    if (done === undefined) throw new Error(`${name} does not run`);
    done();
    await new Promise(setImmediate);
  };
  return { all, log, end };
}

describe("runInLanes()", () => {
  it("runs as many at once as there are lanes, and the next when one has ended", async () => {
    const { all, log, end } = jobs("a", "b", "c", "d");
    const done = runInLanes(all, 2);
    expect(log).toEqual(["+a", "+b"]);
    await end("b");
    expect(log.splice(2)).toEqual(["-b", "+c"]);
    await end("a");
    await end("c");
    await end("d");
    await done;
    expect(log.splice(2)).toEqual(["-a", "+d", "-c", "-d"]);
  });

  it("runs one costly job at a time, each as soon as it may", async () => {
    const { all, log, end } = jobs("a", "costly 1", "b", "costly 2", "c");
    const done = runInLanes(all, 3);
    expect(log).toEqual(["+costly 1", "+a", "+b"]);
    await end("a");
    expect(log.at(-1)).toBe("+c");
    await end("costly 1");
    expect(log.at(-1)).toBe("+costly 2");
    for (const name of ["b", "c", "costly 2"]) await end(name);
    await done;
  });

  it("runs the costly jobs that are left after all others", async () => {
    const { all, log, end } = jobs("costly 1", "a", "costly 2");
    const done = runInLanes(all, 3);
    await end("a");
    await end("costly 1");
    await end("costly 2");
    await done;
    expect(log).toEqual(["+costly 1", "+a", "-a", "-costly 1", "+costly 2", "-costly 2"]);
  });

  it("begins nothing more where a job rejects, and says so once the others have ended", async () => {
    const { all, log, end } = jobs("a", "b");
    const broken: Job = { isCostly: false, run: () => Promise.reject(new Error("no disk")) };
    let isDone = false;
    const done = runInLanes([broken, ...all], 2).finally(() => {
      isDone = true;
    });
    const rejects = expect(done).rejects.toThrow("no disk");
    await new Promise(setImmediate);
    expect({ log, isDone }).toEqual({ log: ["+a"], isDone: false });
    await end("a");
    await rejects;
  });
});
