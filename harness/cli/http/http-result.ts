/** Shape of what `bench --preset http --json` prints: docs/http.schema.json. */
import type { HttpCeilingRun } from "../../../reports/http/page.ts";

export interface HttpResult {
  readonly preset: "http";
  readonly seconds: number;
  /** In the order of `--system`; those that were finished, if the command was stopped. */
  readonly systems: readonly HttpCeilingRun[];
  readonly page: string;
}
