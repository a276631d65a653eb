import type { HttpKeys } from "../http-keys.ts";

/** The JSON gateway of etcd's v3 API: keys and values are base64. */
export const gateway = (port: string): HttpKeys => ({
  port,
  read: (key) => question("range", { key }),
  write: (key, value) => question("put", { key, value }),
});

function question(method: "range" | "put", fields: Readonly<Record<string, string>>) {
  const encoded = Object.entries(fields).map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
  const body = JSON.stringify(Object.fromEntries(encoded));
  return { method: "POST", path: `/v3/kv/${method}`, body } as const;
}
