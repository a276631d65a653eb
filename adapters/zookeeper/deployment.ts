import { dirname, join } from "node:path";
import { addressOf, hostPort, members } from "../addresses.ts";
import type { Deployment, NodeLaunch, NodeView } from "../deployment.ts";
import { installedJars } from "./installed.ts";

/**
 * ZooKeeper 3.6 to 3.9, one Java process a node. A tick is 200 ms, so that a server without its leader stops serving
 * after 2 s (syncLimit): long enough to see its stale reads, short enough for a trial.
 *
 * An extra argument that starts with a dash is one of Java's; others are lines of zoo.cfg (`syncLimit=25`), which win.
 */
export const deployment: Deployment = {
  ports: {
    client: { number: 2181, for: "client" },
    quorum: { number: 2888, for: "peer" },
    election: { number: 3888, for: "peer" },
  },
  clientPort: "client",
  installed: installedJars,
  installHint: "scripts/install-systems.sh, or apt-get install libzookeeper-java default-jre-headless",
  image: "zookeeper:3.9",
  sizes: [1, 3, 5],
  presets: { tight: "a snapshot every 20 changes, 500 kept for servers that are behind (as few as it can)" },
  snapshotReceived: /Getting a snapshot from leader/,
  electionTimeoutMs: 2_000,
  readySeconds: 45,
  launch: (node) => ({ ...program(node), files: files(node) }),
};

const javaOptions = [
  ...["-Xms32m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"],
  ...["-XX:+PerfDisableSharedMem", "-Djava.net.preferIPv4Stack=true", "-Dzookeeper.jmx.log4j.disable=true"],
  // The pause between rounds of an election grows up to this; its default of a minute outlasts a trial after a heal.
  "-Dzookeeper.fastleader.maxNotificationInterval=400",
];

/** `commitLogCount` is not among them: less than 500, its default, counts as 500. */
const tightOptions = [
  "-Dzookeeper.snapCount=20",
  // Otherwise a server that is behind is brought up from the files of the log.
  "-Dzookeeper.snapshotSizeFactor=-1",
];

function program(node: NodeView): Pick<NodeLaunch, "argv" | "env"> {
  const { command, dataDir, extraArgs } = node;
  const configuration = join(dataDir, "zoo.cfg");
  const java = [
    ...javaOptions,
    `-Dlog4j.configuration=file:${join(dataDir, "log4j.properties")}`,
    ...(node.preset === "tight" ? tightOptions : []),
    ...extraArgs.filter(isJavaOption),
  ];
  // An image has ZooKeeper's own script on its PATH, which knows where the image keeps the jars.
  if (command === undefined) {
    const argv = ["zkServer.sh", "start-foreground", configuration];
    return { argv, env: { SERVER_JVMFLAGS: java.join(" "), JMXDISABLE: "true" } };
  }
  const main = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
  return { argv: ["java", ...java, "-cp", classPath(command), main, configuration], env: {} };
}

/** Class path from the server's jar: an upstream archive has its dependencies next to it; Debian's jar names most of them. */
function classPath(jar: string): string {
  const directory = dirname(jar);
  if (directory.endsWith("/lib")) return [join(directory, "*"), join(directory, "../conf")].join(":");
  // Its own jute before the server: the server's jar would bring in that of the machine's own version.
  const unnamed = [...logging, ...forTls].map((name) => `/usr/share/java/${name}.jar`);
  return [join(directory, "zookeeper-jute.jar"), jar, ...unnamed].join(":");
}

/** Jars that the manifest of Debian's jar leaves out. */
const logging = ["slf4j-log4j12", "log4j-1.2"];
const forTls = ["netty-codec", "netty-resolver", "netty-transport-native-unix-common"];

function files(node: NodeView): Readonly<Record<string, string>> {
  return {
    "zoo.cfg": configuration(node),
    "data/myid": `${node.index}\n`,
    "log4j.properties": [
      "log4j.rootLogger=INFO, out",
      "log4j.appender.out=org.apache.log4j.ConsoleAppender",
      "log4j.appender.out.layout=org.apache.log4j.PatternLayout",
      "log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %-5p %c{1} - %m%n",
      "",
    ].join("\n"),
  };
}

function configuration(node: NodeView): string {
  const client = addressOf(node.listen, "client");
  const settings: Record<string, string> = {
    tickTime: "200",
    initLimit: "50",
    syncLimit: "10",
    dataDir: join(node.dataDir, "data"),
    clientPort: `${client.port}`,
    clientPortAddress: client.host,
    maxClientCnxns: "0",
    minSessionTimeout: "1000",
    maxSessionTimeout: "60000",
    cnxTimeout: "500",
    preAllocSize: "1024",
    standaloneEnabled: "false",
    reconfigEnabled: "false",
    "admin.enableServer": "false",
    "4lw.commands.whitelist": "srvr,ruok,hash,mntr",
    // A container knows itself by a name that is not what it listens on.
    ...(node.announced !== undefined && { quorumListenOnAllIPs: "true" }),
  };
  const elections = members(node, "election");
  members(node, "quorum").forEach(({ index, address }, i) => {
    settings[`server.${index}`] = `${hostPort(address)}:${elections[i]?.address.port}`;
  });
  for (const line of node.extraArgs.filter((argument) => !isJavaOption(argument))) {
    const [name = "", ...value] = line.split("=");
    settings[name] = value.join("=");
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return `${lines.join("\n")}\n`;
}

const isJavaOption = (argument: string): boolean => argument.startsWith("-");
