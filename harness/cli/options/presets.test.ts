import { describe, expect, it } from "vitest";
import { benchDefaults } from "./bench-options.ts";
import { presets, withPreset } from "./presets.ts";

const asked = (preset: string, more = {}) => ({
  options: { ...benchDefaults(), preset, ...more },
  given: new Set(["preset", ...Object.keys(more)]),
});

describe("a preset of the command", () => {
  it("stands for its options, which a run records instead of its name", () => {
    const { options, given } = withPreset(asked("failover"));
    expect(options).toMatchObject({
      strikes: 30,
      untilServed: true,
      nemesis: presets["failover"]?.options.nemesis,
    });
    expect(options).not.toHaveProperty("preset");
    expect(given).toContain("nemesis");
  });

  it("gives way to an option that the user gave", () => {
    const { options } = withPreset(asked("failover", { strikes: 5, rate: "900" }));
    expect(options).toMatchObject({ strikes: 5, rate: "900", untilServed: true });
  });

  it("leaves settings of the nodes to the systems", () => {
    expect(withPreset(asked("tight")).options).toMatchObject({ preset: "tight", untilServed: false });
  });
});
