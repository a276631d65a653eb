import { fromJSON, type PackageDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { protos } from "./node-protos.ts";

/** The .proto files of this folder. Messages look as wire.ts says. */
export function loadDefinitions(): PackageDefinition {
  return fromJSON(protos(), {
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
