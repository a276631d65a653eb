/** Slow and held links of the runtimes whose nodes have network namespaces of their own. */
import { assert } from "../../../core/assert.ts";
import type { Fault } from "../../../core/fault.ts";
import type { Link } from "../../../core/op.ts";
import type { Delays } from "./delays.ts";
import type { LinkProxies } from "./link-proxies.ts";

export interface ShapingMeans {
  /** Undefined if the kernel has no netem. */
  netem(): Promise<Delays | undefined>;
  /** Undefined if they cannot be started here, and no fault of this run asks for them. */
  proxies(): Promise<LinkProxies | undefined>;
}

/** Delays by netem where the kernel has it, otherwise by proxies; holds by proxies, which are started only if the run needs them. */
export class LinkShaping {
  readonly #delays: Delays | undefined;
  readonly #proxies: LinkProxies | undefined;

  private constructor(delays: Delays | undefined, proxies: LinkProxies | undefined) {
    this.#delays = delays;
    this.#proxies = proxies;
  }

  /** `faults`: those that the run may inject; undefined: all. */
  static async prepare(faults: ReadonlySet<Fault> | undefined, means: ShapingMeans): Promise<LinkShaping> {
    const wanted = (fault: Fault) => faults?.has(fault) !== false;
    const netem = wanted("link-delay") ? await means.netem() : undefined;
    const needsProxies = wanted("link-hold") || (wanted("link-delay") && netem === undefined);
    const proxies = needsProxies ? await means.proxies() : undefined;
    return new LinkShaping(netem ?? proxies, proxies);
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    assert(this.#delays !== undefined, "link-delay is not among the faults of the run");
    await this.#delays.slow(links, delayMs, jitterMs);
  }

  async hold(links: readonly Link[]): Promise<void> {
    assert(this.#proxies !== undefined, "link-hold is not among the faults of the run");
    await this.#proxies.hold(links);
  }

  /** Lets go of what is held on these links; delays stay. */
  async mend(links: readonly Link[], spreadMs = 0): Promise<void> {
    await this.#proxies?.mend(links, spreadMs);
  }

  async heal(): Promise<void> {
    await Promise.all(this.#all().map((each) => each.heal()));
  }

  /** One line for each link that has delayed or held something. */
  async proof(): Promise<string[]> {
    return (await Promise.all(this.#all().map((each) => each.proof()))).flat();
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((each) => each.close()));
  }

  #all(): Delays[] {
    return [...new Set([this.#delays, this.#proxies])].filter((each) => each !== undefined);
  }
}
