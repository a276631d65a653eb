import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("watches of the JSON gateway", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.close());

  /** The lines of the answer to a watch, one by one. */
  async function* watch(request: object, signal?: AbortSignal): AsyncGenerator<unknown> {
    const response = await fetch(`http://127.0.0.1:${api.gatewayPort}/v3/watch`, {
      method: "POST",
      body: JSON.stringify(request),
      ...(signal && { signal }),
    });
    expect(response.status).toBe(200);
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        yield JSON.parse(text.slice(0, end));
        text = text.slice(end + 1);
      }
    }
  }
  const header = (revision: number) => ({
    revision: `${revision}`,
    cluster_id: "24301",
    member_id: "1",
    raft_term: "2",
  });

  it("answer with a line for each response, without what is default", async () => {
    const lines = watch({ create_request: { key: base64("a"), prev_kv: true } });
    expect((await lines.next()).value).toEqual({ result: { header: header(1), created: true } });
    for (const value of ["1", "2"]) await api.post("/v3/kv/put", { key: base64("a"), value: base64(value) });
    await api.post("/v3/kv/deleterange", { key: base64("a") });
    const kv = (revision: number, value: string) => ({
      key: base64("a"),
      create_revision: "2",
      mod_revision: `${revision}`,
      version: `${revision - 1}`,
      value: base64(value),
    });
    const events = [
      { kv: kv(2, "1") },
      { kv: kv(3, "2"), prev_kv: kv(2, "1") },
      { type: "DELETE", kv: { key: base64("a"), mod_revision: "4" }, prev_kv: kv(3, "2") },
    ];
    for (const [i, event] of events.entries())
      expect((await lines.next()).value).toEqual({ result: { header: header(i + 2), events: [event] } });
  });

  it("end with a line that says why when the server stops", async () => {
    const lines = watch({ create_request: { key: base64("a") } });
    await lines.next();
    const last = lines.next();
    await api.close();
    expect((await last).value).toEqual({
      error: { grpc_code: 14, http_code: 503, message: "etcdserver: server stopped" },
    });
    expect((await lines.next()).done).toBe(true);
  });

  it("are over when their client goes", async () => {
    const gone = new AbortController();
    const lines = watch({ create_request: { key: base64("a") } }, gone.signal);
    await lines.next();
    gone.abort();
    await expect(lines.next()).rejects.toThrow();
    expect((await api.post("/v3/kv/put", { key: base64("a") })).status).toBe(200);
  });

  it("are refused where the body is no request", async () => {
    expect(await api.post("/v3/watch", { create_request: { key: 7 } })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("create_request.key must be bytes in base64") },
    });
    expect((await api.post("/v3/watch", "{")).status).toBe(400);
  });
});
