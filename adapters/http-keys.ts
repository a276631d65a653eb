/** A request of a system's HTTP interface. */
export interface HttpQuestion {
  readonly method: "GET" | "POST" | "PUT";
  /** Path with its query. */
  readonly path: string;
  readonly body?: string;
}

/** The HTTP interface of a system to single keys, in its default read mode. */
export interface HttpKeys {
  /** The deployment's port that serves it. */
  readonly port: string;
  read(key: string): HttpQuestion;
  write(key: string, value: string): HttpQuestion;
}
