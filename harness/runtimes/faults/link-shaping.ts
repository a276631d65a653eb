/** Slow and held links of the runtimes whose nodes have network namespaces of their own. */
import { assert } from "../../../core/assert.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Fault } from "../../../core/fault.ts";
import type { Link } from "../../../core/op.ts";
import type { Delays } from "./delays.ts";
import type { LinkProxies } from "./link-proxies.ts";

export interface ShapingMeans {
  /** Undefined if the kernel has no netem. */
  netem(): Promise<Delays | undefined>;
  /** Why they cannot be started here, if they cannot: it is thrown where a fault needs them. */
  proxies(): Promise<LinkProxies | CouldNotRunError>;
}

/** Delays by netem where the kernel has it, otherwise by proxies; holds by proxies, which are started only if the run needs them. */
export class LinkShaping {
  readonly #delays: Delays | undefined;
  readonly #proxies: LinkProxies | undefined;
  readonly #withoutProxies: CouldNotRunError | undefined;

  private constructor(
    delays: Delays | undefined,
    proxies: LinkProxies | undefined,
    withoutProxies: CouldNotRunError | undefined,
  ) {
    this.#delays = delays;
    this.#proxies = proxies;
    this.#withoutProxies = withoutProxies;
  }

  /**
   * `faults`: those that the run may inject, without which it rejects with CouldNotRunError; undefined: all, and what cannot be
   * injected here rejects when it is asked for.
   */
  static async prepare(faults: ReadonlySet<Fault> | undefined, means: ShapingMeans): Promise<LinkShaping> {
    const wanted = (fault: Fault) => faults?.has(fault) !== false;
    const netem = wanted("link-delay") ? await means.netem() : undefined;
    const needsProxies = wanted("link-hold") || (wanted("link-delay") && netem === undefined);
    const started = needsProxies ? await means.proxies() : undefined;
    if (!(started instanceof CouldNotRunError)) return new LinkShaping(netem ?? started, started, undefined);
    if (faults !== undefined) throw started;
    return new LinkShaping(netem, undefined, started);
  }

  async slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void> {
    if (this.#delays === undefined && this.#withoutProxies !== undefined) throw this.#withoutProxies;
    assert(this.#delays !== undefined, "link-delay is not among the faults of the run");
    await this.#delays.slow(links, delayMs, jitterMs);
  }

  async hold(links: readonly Link[]): Promise<void> {
    if (this.#withoutProxies !== undefined) throw this.#withoutProxies;
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
