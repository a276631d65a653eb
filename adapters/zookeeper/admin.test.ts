import { expect, it } from "vitest";
import { membersIn } from "./admin.ts";

it("a configuration's members are its lines of servers, participants or observers", () => {
  const text = [
    "server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181",
    "server.2=n2.test:2888:3888:observer;2181",
    "server.3=[2001:db8::3]:2888:3888",
    "version=100000000",
  ].join("\n");
  expect(membersIn(text)).toEqual([
    { id: "1", name: "1", address: "10.0.0.1:2888", voter: true },
    { id: "2", name: "2", address: "n2.test:2888", voter: false },
    { id: "3", name: "3", address: "[2001:db8::3]:2888", voter: true },
  ]);
});
