import type { Input, Message, Ready } from "../core/types.ts";

/** One line of a seed's replay. */
export function describeInput(input: Input): string {
  switch (input.type) {
    case "receive":
      return `${input.message.from}: ${describeMessage(input.message)}`;
    case "propose":
      return `client: ${input.commands.length} commands`;
    case "change-membership":
      return `operator: ${input.change.type} ${input.change.member}`;
    case "read":
      return `client: read ${input.context}`;
    case "transfer-leadership":
      return `operator: transfer leadership to ${input.to}`;
    case "unreachable":
      return `transport: ${input.member} is unreachable`;
    default:
      return input.type;
  }
}

export function describeReady(ready: Ready): string {
  const { status, hardState, entries, snapshot, committed, reads, refusedReads, dropped } = ready;
  const parts = [`${status.role} of term ${status.term}`];
  if (hardState) parts.push(`vote ${hardState.vote ?? "-"} commit ${hardState.commit}`);
  if (snapshot) parts.push(`snapshot ${snapshot.index}@${snapshot.term}`);
  if (entries.length > 0) parts.push(`append ${describeEntries(entries)}`);
  if (committed.length > 0) parts.push(`apply ${describeEntries(committed)}`);
  for (const { context, index } of reads) parts.push(`read ${context} from ${index}`);
  if (refusedReads.length > 0) parts.push(`refuse reads ${refusedReads.join(" ")}`);
  if (dropped.length > 0) parts.push(`drop ${dropped.length} commands`);
  for (const message of [...ready.immediate, ...ready.messages]) {
    parts.push(`to ${message.to}: ${describeMessage(message)}`);
  }
  return parts.join("; ");
}

const describeEntries = (entries: Ready["entries"]): string =>
  entries.map(({ index, term, type }) => `${index}@${term}${type === "command" ? "" : ` ${type}`}`).join(" ");

function describeMessage(message: Message): string {
  const head = `${message.type}(${message.term}`;
  switch (message.type) {
    case "pre-vote":
    case "vote":
      return `${head}, last ${message.lastIndex}@${message.lastTerm}${message.transfer ? ", transfer" : ""})`;
    case "pre-vote-reply":
    case "vote-reply":
      return `${head}, ${message.granted ? "granted" : "refused"})`;
    case "append":
      return `${head}, after ${message.prevIndex}@${message.prevTerm}: ${describeEntries(message.entries)}, commit ${message.commit})`;
    case "append-reply":
      return message.success
        ? `${head}, has ${message.index})`
        : `${head}, refused ${message.refusedIndex}, try ${message.index}@${message.hintTerm})`;
    case "heartbeat":
      return `${head}, commit ${message.commit}, round ${message.readContext})`;
    case "heartbeat-reply":
      return `${head}, round ${message.readContext})`;
    case "install-snapshot":
      return `${head}, ${message.snapshot.index}@${message.snapshot.term})`;
    case "propose":
      return `${head}, ${message.commands.length} commands)`;
    case "read-index-reply":
      return `${head}, ${message.refused ? "refused" : `index ${message.index}`})`;
    default:
      return `${head})`;
  }
}
