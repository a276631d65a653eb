import { expect, it } from "vitest";
import { benchDefaults } from "../options/bench-options.ts";
import { secondRound } from "./rounds.ts";

const options = { ...benchDefaults(), clients: 100 };
const reached = (...rates: number[]) => rates.map((okPerSecond) => ({ okPerSecond }));

it("runs a second round at a share of what the slowest system reached, in an open loop", () => {
  const next = secondRound({ share: 0.5 }, options, reached(4000, 1234, 2000));
  expect(next?.rate).toBe("620");
  expect(next).not.toHaveProperty("clients");
});

it("leaves out of the rate whoever reached nothing, and has no second round if nobody reached anything", () => {
  expect(secondRound({ share: 0.5 }, options, reached(0, 100))?.rate).toBe("50");
  expect(secondRound({ share: 0.5 }, options, reached(0))).toBeUndefined();
  expect(secondRound({ share: 0.5 }, options, reached(0.5))?.rate).toBe("1");
});

it("takes the rate that the user gave", () => {
  expect(secondRound({ share: 0.5, rate: "77" }, options, reached(9000))?.rate).toBe("77");
});

it("connects all clients of the open loop before it begins", () => {
  expect(secondRound({ share: 0.5 }, options, reached(1000))?.processes).toBe(500);
  expect(secondRound({ share: 0.5, rate: "100,300" }, options, reached(1000))?.processes).toBe(300);
  expect(secondRound({ share: 0.5 }, { ...options, processes: 40 }, reached(1000))?.processes).toBe(40);
});
