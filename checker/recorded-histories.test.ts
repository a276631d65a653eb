import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkList } from "./check-operations.ts";
import type { Format } from "./formats/format.ts";
import { jepsenLog } from "./formats/jepsen-log.ts";
import { knossosEdn } from "./formats/knossos-edn.ts";
import { porcupineKv } from "./formats/porcupine-kv.ts";
import type { Model } from "./model.ts";
import { models } from "./models/index.ts";
import { recorded } from "./operation-list.ts";
import { unlimited } from "./search/limits.ts";
import { split } from "./split.ts";

const histories = join(import.meta.dirname, "../../shared/histories");
const read = (folder: string, file: string) => readFileSync(join(histories, folder, file), "utf8");

/** Histories of one kind, how they are read and judged, and where the verdict of each is written. */
interface Collection {
  readonly folder: string;
  readonly format: Format;
  readonly model: Model;
  isLinearizable(file: string): boolean;
}

const etcdVerdicts = (): Map<string, boolean> =>
  new Map(
    read("jepsen-etcd-logs", "expected.tsv")
      .trim()
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([file = "", verdict]) => [file, verdict === "true"]),
  );

/** The verdict alone: explanations have tests of their own. */
const isLinearizable = (model: Model, format: Format, text: string, file: string): boolean =>
  split(model, recorded(format.parse(text, file))).every(
    ({ list }) => checkList(model, list, unlimited).kind === "valid",
  );

function collections(): Collection[] {
  const etcd = etcdVerdicts();
  const register = models["cas-register"]({ initial: 0 });
  const ofEtcd = (file: string): boolean => {
    const verdict = etcd.get(file);
    if (verdict === undefined) throw new Error(`no verdict of ${file} is recorded`);
    return verdict;
  };
  const byName = (file: string) => file.endsWith("-ok.txt");
  const strings = models["string-map"];
  return [
    { folder: "jepsen-etcd-logs", format: jepsenLog, model: models.register(), isLinearizable: ofEtcd },
    { folder: "kv", format: porcupineKv, model: strings(), isLinearizable: byName },
    { folder: "kv", format: porcupineKv, model: strings({ whole: true }), isLinearizable: byName },
    { folder: "knossos/cas-register/good", format: knossosEdn, model: register, isLinearizable: () => true },
    { folder: "knossos/cas-register/bad", format: knossosEdn, model: register, isLinearizable: () => false },
    {
      folder: "knossos/multi-register/good",
      format: knossosEdn,
      model: models["multi-register"]({ initial: { x: 0, y: 0 } }),
      isLinearizable: () => true,
    },
  ];
}

const present = existsSync(histories);
if (!present) process.stderr.write(`${histories} is absent: the recorded histories are not judged\n`);

describe.skipIf(!present)("recorded histories (../shared/histories; skipped where absent)", () => {
  const cases = (present ? collections() : []).map((collection) => {
    const how = collection.model.key === undefined ? "whole" : "key by key";
    return [collection.folder, collection.model.name, how, collection] as const;
  });
  it.each(cases)(
    "every history in %s gets its verdict by the %s, %s",
    (folder, _, __, { model, format, ...collection }) => {
      const files = readdirSync(join(histories, folder)).filter((name) => /\.(log|txt|edn)$/.test(name));
      expect(files.length).toBeGreaterThan(0);
      const verdicts = files.map((file) => [file, isLinearizable(model, format, read(folder, file), file)]);
      const expected = files.map((file) => [file, collection.isLinearizable(file)]);
      expect(verdicts).toEqual(expected);
    },
  );
});
