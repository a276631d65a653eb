/**
 * The reference server's process: one member of a cluster. Ends with status 0 when it was asked to stop, 64 for a command
 * line it does not understand, 65 for a data directory that is damaged, 70 for everything else that stops it.
 */
import { createHash, randomInt } from "node:crypto";
import { createRandom } from "../../core/random.ts";
import { realClock } from "../../core/real-clock.ts";
import { mutants } from "../core/mutants.ts";
import { CorruptionError } from "./corruption.ts";
import { type Flags, FlagsError, parseFlags, usage } from "./flags.ts";
import { Member } from "./member.ts";

const exit = { stopped: 0, usage: 64, corrupt: 65, failed: 70 } as const;

const clock = realClock();

function readFlags(): Flags {
  try {
    const flags = parseFlags(process.argv.slice(2));
    if (flags !== "help") return flags;
    process.stdout.write(usage);
    process.exit(exit.stopped);
  } catch (error) {
    if (!(error instanceof FlagsError)) throw error;
    process.stderr.write(`${error.message}\nTry --help.\n`);
    process.exit(exit.usage);
  }
}

/** Members whose clusters have other names or another token refuse each other. */
function clusterIdOf({ clusterToken, names }: Flags): number {
  const hash = createHash("sha256")
    .update(JSON.stringify([clusterToken, names]))
    .digest();
  return hash.readUIntBE(0, 6);
}

const flags = readFlags();
const log = (line: string) =>
  void process.stderr.write(`${clock.date().toISOString()} ${flags.name}: ${line}\n`);

function fail(error: unknown): never {
  const corrupt = error instanceof CorruptionError;
  log(`stopped: ${corrupt || !(error instanceof Error) ? String(error) : (error.stack ?? error.message)}`);
  process.exit(corrupt ? exit.corrupt : exit.failed);
}

async function run(): Promise<void> {
  for (const mutant of flags.mutants)
    log(`!!!!!!!! MUTANT ${mutant}: ${mutants[mutant]}. This server is broken on purpose. !!!!!!!!`);
  const { startApi } = await import("./api/api.ts");
  const member = await Member.open({
    ...flags,
    clusterId: clusterIdOf(flags),
    directory: flags.dataDir,
    listen: flags.listenPeer,
    clientUrls: [flags.advertiseClient],
    clock,
    random: createRandom(randomInt(2 ** 32)),
    log,
    onFatal: fail,
  });
  const { listenClient, listenGateway, requestTimeoutMs, watchProgressMs, slowDownPercent } = flags;
  const served = await startApi({
    replica: member,
    listenClient,
    ...(listenGateway && { listenGateway }),
    clock,
    requestTimeoutMs,
    watchProgressMs,
    slowDownPercent,
    mutants: flags.mutants,
  });
  // Last: while the API was loading, the member would have missed the first heartbeats.
  member.begin();
  log(`serves clients at ${listenClient.host}:${served.clientPort}`);
  const stop = async (signal: string) => {
    log(`${signal}: stops`);
    await served.close();
    await member.stop();
    process.exit(exit.stopped);
  };
  process.once("SIGTERM", () => void stop("SIGTERM").catch(fail));
  process.once("SIGINT", () => void stop("SIGINT").catch(fail));
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
await run().catch(fail);
