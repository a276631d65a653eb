import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { consul } from "../../../adapters/consul/adapter.ts";
import { zookeeper } from "../../../adapters/zookeeper/adapter.ts";
import { loopback } from "../../runtimes/process/loopback.ts";
import { benchDefaults } from "../options/bench-options.ts";
import { withPreset } from "../options/presets.ts";
import { refuseForHttp } from "../plan/refusals.ts";
import { httpSchema } from "../testing/http-schema.ts";
import type { HttpResult } from "./http-result.ts";

const refusal = (adapter: typeof consul, more = {}) => {
  const given = new Set(["preset", ...Object.keys(more)]);
  const asked = withPreset({ options: { ...benchDefaults(), preset: "http", ...more }, given });
  return () => refuseForHttp(asked, [{ adapter, runtime: loopback, nemeses: [] }]);
};

describe("--preset http", () => {
  it("has the schema that is documented", () => {
    const file = fileURLToPath(new URL("../../../docs/http.schema.json", import.meta.url));
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(z.toJSONSchema(httpSchema))),
    );
    const result: HttpResult = { preset: "http", seconds: 1, systems: [], page: "a" };
    expect(httpSchema.parse(result)).toEqual(result);
  });

  it("refuses a system without HTTP, and options of trials", () => {
    expect(refusal(consul)).not.toThrow();
    expect(refusal(consul, { seconds: 5, clients: 9 })).not.toThrow();
    expect(refusal(zookeeper)).toThrow("which zookeeper lacks");
    expect(refusal(consul, { target: "leader" })).toThrow("--target would have no effect");
    expect(refusal(consul, { nemesis: ["kill"] })).toThrow("--nemesis would have no effect");
    expect(refusal(consul, { clients: 2 })).toThrow("at least 3 connections");
  });
});
