/** Where the keys of Assay are in Consul's store. */
import { ClientError } from "../../core/errors.ts";
import { keyOfName, nameOfKey } from "../key-names.ts";

const folder = "assay/";

export const keyName = (key: string): string => {
  if (key === "") throw new ClientError("rejected", "the key is empty, and Consul needs a name");
  return folder + nameOfKey(key);
};

/** The name is percent-encoded once as a name and once more as a part of the path. */
export const pathOf = (key: string): string => `/v1/kv/${encodeURI(keyName(key))}`;

export const pathOfPrefix = (prefix: string): string =>
  `/v1/kv/${encodeURI(folder + nameOfKey(prefix))}?recurse`;

export const keyOf = ({ Key }: { readonly Key: string }): string => keyOfName(Key.slice(folder.length));
