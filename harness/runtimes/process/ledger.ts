import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { CouldNotRunError } from "../../../core/errors.ts";
import { lifeOf, type ProcessIdentity, processIdentity } from "./identity.ts";

/**
 * What a living run owns, written down before or as soon as it exists, so that another process can remove it when the
 * harness was killed and could not: one file a run, in a directory of the user's own below the system's temporary one.
 */
const entry = z.object({
  runId: z.string(),
  harness: z.string(),
  children: z.array(z.string()),
  directories: z.array(z.string()),
});
export type LedgerEntry = z.infer<typeof entry>;

/** Names the ledger's directory to a harness that runs in namespaces of its own, where its user has another number. */
export const ledgerVariable = "ASSAY_LEDGER";
/** Marks every child with its run's id. */
export const runVariable = "ASSAY_RUN";
/** Marks every child with the identity of the harness that owns it. */
export const harnessVariable = "ASSAY_HARNESS";

/**
 * The harness that the runs of this process belong to: this process, or the outermost one where it runs inside
 * namespaces that another harness made.
 */
export const harnessIdentity = (): ProcessIdentity =>
  process.env[harnessVariable] ?? processIdentity(process.pid) ?? `${process.pid}@/`;

export class Ledger {
  readonly #path: string;
  #entry: LedgerEntry;

  constructor(runId: string) {
    this.#path = join(ledgerDirectory(), `${encodeURIComponent(runId)}.json`);
    this.#entry = { runId, harness: harnessIdentity(), children: [], directories: [] };
    this.#write();
  }

  addChild(identity: ProcessIdentity): void {
    this.#entry.children.push(identity);
    this.#write();
  }

  removeChild(identity: ProcessIdentity): void {
    this.#entry.children = this.#entry.children.filter((child) => child !== identity);
    this.#write();
  }

  addDirectory(path: string): void {
    this.#entry.directories.push(path);
    this.#write();
  }

  /** The run left nothing. */
  close(): void {
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    const draft = `${this.#path}.draft`;
    writeFileSync(draft, JSON.stringify(this.#entry), { mode: 0o600 });
    renameSync(draft, this.#path);
  }
}

/** The entries of runs whose harness is gone, each with the path of its file. */
export function deadEntries(): { readonly path: string; readonly entry: LedgerEntry }[] {
  const directory = ledgerDirectory();
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const path = join(directory, name);
      const parsed = parse(path);
      return parsed !== undefined && lifeOf(parsed.harness) === "dead" ? [{ path, entry: parsed }] : [];
    });
}

/** Reads an entry; undefined if the run has just ended, or the file is not a ledger's. */
function parse(path: string): LedgerEntry | undefined {
  try {
    return entry.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Creates the directory if missing. Rejects one that others may write to: what it lists is killed and removed. */
export function ledgerDirectory(): string {
  const uid = process.getuid?.();
  const path = process.env[ledgerVariable] ?? join(tmpdir(), `assay-${uid}`);
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const ours = found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
  if (!ours) throw new CouldNotRunError(`${path} must be a directory that only this user may write to`);
  return path;
}
