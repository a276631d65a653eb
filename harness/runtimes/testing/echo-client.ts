import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Endpoint } from "../../../adapters/adapter.ts";
import { type Clock, sleep, withTimeout } from "../../../core/clock.ts";
import { millis, toMillis } from "../../../core/time.ts";

/** Limit of waiting for an answer that must come: no behaviour is judged by it. */
const patienceMs = 30_000;

/** The test's side of an echo node's client port. */
export class EchoClient {
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (line: string) => void>();
  #words = 0;

  private constructor(clock: Clock, socket: Socket) {
    this.#clock = clock;
    this.#socket = socket;
    createInterface({ input: socket })
      .on("error", () => {})
      .on("line", (line) => {
        const [verb = ""] = line.split(" ");
        const key = verb === "echo" ? line : verb;
        this.#waiting.get(key)?.(line);
        this.#waiting.delete(key);
      });
  }

  /** Resolves when the node answers, however long it takes to come up. */
  static async connect(clock: Clock, { host, port }: Endpoint): Promise<EchoClient> {
    for (;;) {
      const socket = connect({ host, port, noDelay: true });
      const connected = await new Promise<boolean>((resolve) => {
        socket.once("connect", () => resolve(true));
        socket.on("error", () => resolve(false));
      });
      if (connected) return new EchoClient(clock, socket);
      await sleep(clock, millis(10));
    }
  }

  /** Makes the node say a new word to `peer`; resolves with the word when the echo is back, rejects after `limitMs`. */
  async ask(peer: string, limitMs = patienceMs): Promise<string> {
    const word = this.nextWord();
    await this.#answer(`echo ${word}`, `ask ${peer} ${word}`, limitMs);
    return word;
  }

  /** The milliseconds from a question to its echo. */
  async roundTripMs(peer: string): Promise<number> {
    const asked = this.#clock.now();
    await this.ask(peer);
    return toMillis(this.#clock.now()) - toMillis(asked);
  }

  /** Makes the node say a word and does not wait for the echo. */
  say(peer: string, word: string): void {
    this.#socket.write(`ask ${peer} ${word}\n`);
  }

  /** Words that peers said to this node. */
  async heard(): Promise<string[]> {
    const line = await this.#answer("heard", "heard", patienceMs);
    return line.split(" ").slice(1);
  }

  /** Number of starts of the node on its data. */
  async starts(limitMs = patienceMs): Promise<number> {
    const line = await this.#answer("starts", "starts", limitMs);
    return Number(line.split(" ")[1]);
  }

  nextWord(): string {
    return `w${this.#socket.localPort}-${this.#words++}`;
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(key: string, question: string, limitMs: number): Promise<string> {
    const answered = new Promise<string>((resolve) => this.#waiting.set(key, resolve));
    this.#socket.write(`${question}\n`);
    return withTimeout(this.#clock, millis(limitMs), answered, () => new Error(`no answer to ${question}`));
  }
}
