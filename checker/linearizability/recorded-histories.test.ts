import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { knossosEdn } from "../formats/edn/knossos-edn.ts";
import { porcupineKv } from "../formats/edn/porcupine-kv.ts";
import { type Format, textSource } from "../formats/format.ts";
import { jepsenLog } from "../formats/jepsen-log.ts";
import type { Model } from "../model.ts";
import { models } from "../models/index.ts";
import { checkList } from "./check-operations.ts";
import { Budget, unlimited } from "./limits.ts";
import { type OperationList, recorded } from "./operation-list.ts";
import { split, wholeOf } from "./split.ts";
import { verifyListOrder } from "./verify-order.ts";
import { whole } from "./whole.ts";

const histories = join(import.meta.dirname, "../../../shared/histories");
const read = (folder: string, file: string) => readFileSync(join(histories, folder, file), "utf8");

/** Histories of one kind, how they are read and judged, and where the verdict of each is written. */
interface Collection {
  readonly folder: string;
  readonly format: Format;
  readonly model: Model;
  /** Not split by key. */
  readonly isWhole?: boolean;
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
async function isLinearizable(
  { model, format, isWhole = false }: Collection,
  text: string,
  file: string,
): Promise<boolean> {
  const { history } = await format.read(textSource(text, file));
  const list = recorded(history);
  const judged = isWhole ? (whole(model as Model<unknown>) as Model) : model;
  const budget = new Budget(unlimited);
  const parts = isWhole ? [wholeOf(list)] : split(judged, list, budget);
  return parts.every(({ list: own }) => isValid(judged, own, budget));
}

/** A valid verdict is only believed with a witness, which is held against the definition. */
function isValid(model: Model, list: OperationList, budget: Budget): boolean {
  const judgement = checkList(model, list, budget, true);
  if (judgement.kind !== "valid") return false;
  if (!verifyListOrder(model, list, judgement.witness ?? [])) throw new Error("the witness proves nothing");
  return true;
}

function collections(): Collection[] {
  const etcd = etcdVerdicts();
  const register = models["cas-register"]({ initial: 0 });
  const ofEtcd = (file: string): boolean => {
    const verdict = etcd.get(file);
    if (verdict === undefined) throw new Error(`no verdict of ${file} is recorded`);
    return verdict;
  };
  const byName = (file: string) => file.endsWith("-ok.txt");
  const strings = models["string-map"]();
  return [
    { folder: "jepsen-etcd-logs", format: jepsenLog, model: models.register(), isLinearizable: ofEtcd },
    { folder: "kv", format: porcupineKv, model: strings, isLinearizable: byName },
    { folder: "kv", format: porcupineKv, model: strings, isWhole: true, isLinearizable: byName },
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
    const how = collection.isWhole || collection.model.key === undefined ? "whole" : "key by key";
    return [collection.folder, collection.model.name, how, collection] as const;
  });
  it.each(cases)("every history in %s gets its verdict by the %s, %s", async (folder, _, __, collection) => {
    const files = readdirSync(join(histories, folder)).filter((name) => /\.(log|txt|edn)$/.test(name));
    expect(files.length).toBeGreaterThan(0);
    const verdicts = [];
    for (const file of files)
      verdicts.push([file, await isLinearizable(collection, read(folder, file), file)]);
    const expected = files.map((file) => [file, collection.isLinearizable(file)]);
    expect(verdicts).toEqual(expected);
  });
});
