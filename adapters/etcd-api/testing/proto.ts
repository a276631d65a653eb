/** etcd's API as another library reads it from the project's etcd.proto, and the names that differ there. */
import { fileURLToPath } from "node:url";
import { loadSync, type Options, type PackageDefinition } from "@grpc/proto-loader";

export const loadProto = (options: Options = {}): PackageDefinition =>
  loadSync("etcd.proto", {
    includeDirs: [fileURLToPath(new URL("../../../raft/server/api/", import.meta.url))],
    ...options,
  });

const etcdNames: Readonly<Record<string, string>> = {
  id: "ID",
  ttl: "TTL",
  peerUrls: "peerURLs",
  clientUrls: "clientURLs",
  targetId: "targetID",
};

/** A message of the client's with the fields named as etcd names them, at every depth. */
export function withEtcdNames<T>(value: T): T;
export function withEtcdNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withEtcdNames);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [etcdNames[name] ?? name, withEtcdNames(field)]),
  );
}
