import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

/** The messages and services of the .proto files of this folder, as JSON that protobufjs reads. */
export function protos(): protobuf.INamespace {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => fileURLToPath(new URL(target, import.meta.url));
  return root.loadSync(["etcd.proto", "health.proto"], { keepCase: true }).resolveAll().toJSON();
}
