import { describe, expect, it } from "vitest";
import { operations } from "../../core/history.ts";
import { register } from "../models/register.ts";
import { historyOf } from "../testing/history-of.ts";
import { verifyOrder } from "./verify-order.ts";

const history = operations(
  historyOf(
    [0, "invoke", "write", 1],
    [1, "invoke", "read"],
    [1, "ok", "read", 1],
    [0, "ok", "write", 1],
    [2, "invoke", "write", 2],
    [2, "info", "write", 2],
    [1, "invoke", "read"],
    [1, "ok", "read", 1],
  ),
);
const verify = (...order: number[]) => verifyOrder(register(), history, order);

describe("the verifier of an order", () => {
  it("accepts a legal order, with unknown operations in it or left out", () => {
    expect(verify(0, 1, 3)).toBe(true);
    expect(verify(0, 1, 3, 2)).toBe(true);
  });

  it("refuses what the model refuses", () => {
    expect(verify(1, 0, 3)).toBe(false);
    expect(verify(0, 1, 2, 3)).toBe(false);
  });

  it("refuses an order against real time", () => {
    expect(verify(0, 3, 1)).toBe(false);
  });

  it("refuses an order that leaves an answered operation out, names one twice, or names none", () => {
    expect(verify(0, 1)).toBe(false);
    expect(verify(0, 1, 1, 3)).toBe(false);
    expect(verify(0, 1, 3, 4)).toBe(false);
  });
});
