import { fileURLToPath } from "node:url";
import { loadSync, type PackageDefinition, type ServiceDefinition } from "@grpc/proto-loader";

/** Reads the .proto files of this folder. Messages look as wire.ts says. */
export function loadDefinitions(): PackageDefinition {
  return loadSync(["etcd.proto", "health.proto"], {
    includeDirs: [fileURLToPath(new URL(".", import.meta.url))],
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  });
}

/** The service of that full name, which must be one of the files'. */
export const serviceDefinition = (definitions: PackageDefinition, name: string): ServiceDefinition =>
  definitions[name] as ServiceDefinition;
