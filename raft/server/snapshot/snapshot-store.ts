import { mkdir, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Snapshot } from "../../core/types.ts";
import { ByteReader, ByteWriter, CodecError } from "../../kv/bytes.ts";
import { writeFileAtomically } from "../files.ts";
import { readSnapshot, writeSnapshotHead } from "../raft-codec.ts";
import type { Identity } from "../wal/record.ts";

/**
 * Snapshots on disk, one a file: `<index>-<term>.snap`, both 16 hexadecimal digits.
 *
 *     format u8 | checksum of the rest u32 | cluster | member | the snapshot
 *
 * The two newest are kept: where the newest turns out damaged, the one before it and the log (which reaches back to
 * it, see `oldestIndex`) give the same state.
 */
export class SnapshotStore {
  readonly #directory: string;
  readonly #identity: Identity;
  /** Newest first. */
  #files: SnapshotFile[] = [];

  private constructor(directory: string, identity: Identity) {
    this.#directory = directory;
    this.#identity = identity;
  }

  /** Opens the newest snapshot that is whole. Damaged ones are logged and left where they are. */
  static async open(options: {
    readonly directory: string;
    readonly identity: Identity;
    readonly log: (line: string) => void;
  }): Promise<{ store: SnapshotStore; snapshot: Snapshot | undefined }> {
    await mkdir(options.directory, { recursive: true });
    const store = new SnapshotStore(options.directory, options.identity);
    store.#files = await listFiles(options.directory);
    for (const file of store.#files) {
      try {
        return { store, snapshot: decodeFile(await readFile(file.path), options.identity) };
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        options.log(`snapshot: ${file.path}: not used: ${error.message}`);
      }
    }
    return { store, snapshot: undefined };
  }

  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** The log must reach back to here, so that the member can start without the newest snapshot. */
  get oldestIndex(): number {
    return this.#files[keptFiles - 1]?.index ?? 0;
  }

  /** Durable when it resolves. */
  async save(snapshot: Snapshot): Promise<void> {
    const path = join(this.#directory, `${hex(snapshot.index)}-${hex(snapshot.term)}.snap`);
    const content = encodeFile(snapshot, this.#identity);
    await writeFileAtomically(path, content);
    const bytes = content.reduce((sum, part) => sum + part.length, 0);
    const others = this.#files.filter((file) => file.path !== path);
    const files = [{ path, index: snapshot.index, bytes }, ...others].sort((a, b) => b.index - a.index);
    this.#files = files.slice(0, keptFiles);
    for (const file of files.slice(keptFiles)) await unlink(file.path);
  }
}

interface SnapshotFile {
  readonly path: string;
  readonly index: number;
  readonly bytes: number;
}

const keptFiles = 2;
const formatVersion = 1;
const pattern = /^([0-9a-f]{16})-[0-9a-f]{16}\.snap$/;
const hex = (value: number) => value.toString(16).padStart(16, "0");

async function listFiles(directory: string): Promise<SnapshotFile[]> {
  const files: SnapshotFile[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    // A crash came before the rename.
    if (name.endsWith(".snap.tmp")) await unlink(path);
    const match = pattern.exec(name);
    if (match?.[1] === undefined) continue;
    files.push({ path, index: Number.parseInt(match[1], 16), bytes: (await stat(path)).size });
  }
  return files.sort((a, b) => b.index - a.index);
}

/** In parts, as the data may be large. */
function encodeFile({ data, ...place }: Snapshot, identity: Identity): Uint8Array[] {
  const writer = new ByteWriter();
  writer.natural(identity.clusterId);
  writer.natural(identity.memberId);
  writeSnapshotHead(writer, place);
  writer.natural(data.length);
  const head = writer.finish();
  const header = Buffer.allocUnsafe(5);
  header.writeUInt8(formatVersion, 0);
  header.writeUInt32LE(crc32(data, crc32(head)), 1);
  return [header, head, data];
}

function decodeFile(content: Buffer, identity: Identity): Snapshot {
  if (content.length < 5) throw new CodecError("too short");
  if (content.readUInt8(0) !== formatVersion)
    throw new CodecError(`expected a snapshot of version ${formatVersion}`);
  const body = content.subarray(5);
  if (crc32(body) !== content.readUInt32LE(1)) throw new CodecError("bad checksum");
  const reader = new ByteReader(body);
  const cluster = reader.natural();
  const member = reader.natural();
  if (cluster !== identity.clusterId || member !== identity.memberId)
    throw new CodecError(`it belongs to member ${member} of cluster ${cluster}`);
  const snapshot = readSnapshot(reader);
  reader.end();
  return snapshot;
}
