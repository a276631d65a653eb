import * as z from "zod";
import type { Link } from "../../../core/op.ts";
import { count } from "../../../core/wording.ts";
import type { Exec } from "../process/shell.ts";
import type { Delays } from "./delays.ts";

/** Place where packets of a link can be delayed. */
export interface LinkPlace {
  /** Runs tc there. */
  readonly exec: Exec;
  /** Device through which packets of the link leave, among others. */
  readonly device: string;
  /** Matches packets of the link on the device: `src 198.18.100.11/32`. */
  readonly match: string;
}

interface Slow {
  readonly link: Link;
  readonly delayMs: number;
  readonly jitterMs: number;
}

const statistics = z.array(z.looseObject({ handle: z.string(), packets: z.number().default(0) }));

/** Delays links with the kernel's netem. On each device, every slow link has its own band; the first band is for everything else. */
export class NetemDelays implements Delays {
  readonly #placeOf: (link: Link) => LinkPlace;
  readonly #slow = new Map<string, Slow>();

  /** `placeOf` must return the same `exec` for all links that leave through one device. */
  constructor(placeOf: (link: Link) => LinkPlace) {
    this.#placeOf = placeOf;
  }

  /** Whether the kernel supports netem; `exec` runs in a namespace whose loopback is unused. */
  static async works(exec: Exec): Promise<boolean> {
    try {
      await exec(`tc qdisc add dev lo root handle 1: ${prio(2)}`.split(" "));
      await exec("tc qdisc add dev lo parent 1:2 handle 2: netem delay 1ms".split(" "));
      return true;
    } catch {
      return false;
    } finally {
      await exec("tc qdisc del dev lo root".split(" ")).catch(() => {});
    }
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    for (const link of links) this.#slow.set(link.join(), { link, delayMs, jitterMs });
    for (const device of this.#devices()) await rebuild(device);
  }

  async heal(): Promise<void> {
    const devices = this.#devices();
    this.#slow.clear();
    for (const device of devices) await removeAll(device);
  }

  async proof(): Promise<string[]> {
    return (await Promise.all(this.#devices().map(proofAt))).flat();
  }

  async close(): Promise<void> {}

  /** Groups the slow links by device. */
  #devices(): SlowDevice[] {
    const devices: SlowDevice[] = [];
    for (const slow of this.#slow.values()) {
      const { exec, device, match } = this.#placeOf(slow.link);
      let found = devices.find((known) => known.exec === exec && known.device === device);
      if (found === undefined) {
        found = { exec, device, bands: [] };
        devices.push(found);
      }
      found.bands.push({ ...slow, match });
    }
    return devices;
  }
}

interface SlowDevice {
  readonly exec: Exec;
  readonly device: string;
  readonly bands: (Slow & { readonly match: string })[];
}

/** Number of a band: they count from 1, and the first is for everything that is not slow. */
const numberOf = (band: number): number => band + 2;

/** Queue discipline that sends every packet to the first band, unless a filter sends it elsewhere. */
const prio = (bands: number): string => `prio bands ${bands} priomap ${Array(16).fill(0).join(" ")}`;

async function rebuild(slow: SlowDevice): Promise<void> {
  await removeAll(slow);
  const { exec, device, bands } = slow;
  const commands = [
    `qdisc add dev ${device} root handle 1: ${prio(bands.length + 1)}`,
    ...bands.flatMap(({ match, delayMs, jitterMs }, i) => {
      const number = numberOf(i);
      return [
        `qdisc add dev ${device} parent 1:${number} handle ${number}: netem delay ${delayMs + jitterMs / 2}ms ${jitterMs / 2}ms`,
        `filter add dev ${device} parent 1: protocol ip prio 1 u32 match ip ${match} flowid 1:${number}`,
      ];
    }),
  ];
  await exec(["sh", "-ec", commands.map((command) => `tc ${command}`).join("\n")]);
}

async function removeAll({ exec, device }: SlowDevice): Promise<void> {
  // An error means that there was nothing to remove.
  await exec(["tc", "qdisc", "del", "dev", device, "root"]).catch(() => {});
}

async function proofAt({ exec, device, bands }: SlowDevice): Promise<string[]> {
  const text = await exec(["tc", "-s", "-j", "qdisc", "show", "dev", device]);
  const packets = new Map(statistics.parse(JSON.parse(text)).map((qdisc) => [qdisc.handle, qdisc.packets]));
  return bands.flatMap(({ link: [from, to] }, i) => {
    const delayed = packets.get(`${numberOf(i)}:`) ?? 0;
    return delayed > 0 ? [`${from} -> ${to} delayed ${count(delayed, "packet")}`] : [];
  });
}
