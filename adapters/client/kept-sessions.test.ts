import { describe, expect, it } from "vitest";
import { ClientError } from "../../core/errors.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { KeptSessions } from "./kept-sessions.ts";

/** A session of a system that ends it, or not, and what the system was asked. */
async function opened() {
  const asked: string[] = [];
  const system = { isGone: false };
  const lease = {
    id: "s1",
    ttlMs: 3000,
    renew: async () => {
      asked.push("renew");
      if (system.isGone) throw new ClientError("session-expired", "session s1 is gone");
    },
    create: async () => 1,
    remove: async () => {},
    end: async () => void asked.push("end"),
  };
  const session = await new KeptSessions(new VirtualClock(), async () => lease).open(3000);
  return { session, system, asked };
}

describe("closing a session", () => {
  it("ends it in the system, once", async () => {
    const { session, asked } = await opened();
    await session.close();
    await session.close();
    expect(asked).toEqual(["end"]);
  });

  it("fails where the system had ended it before, and asks for nothing", async () => {
    const { session, system, asked } = await opened();
    system.isGone = true;
    await expect(session.renew()).rejects.toMatchObject({ code: "session-expired" });
    await expect(session.close()).rejects.toMatchObject({ code: "session-expired", definite: true });
    expect(asked).toEqual(["renew"]);
  });
});
