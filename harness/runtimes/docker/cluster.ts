import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GenericContainer, StartedNetwork } from "testcontainers";
import type { Address, Deployment } from "../../../adapters/deployment.ts";
import { assert } from "../../../core/assert.ts";
import type { Clock } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { Link, NodeId } from "../../../core/op.ts";
import { LinkProxies } from "../faults/link-proxies.ts";
import { LinkShaping } from "../faults/link-shaping.ts";
import { NetemDelays } from "../faults/netem-delays.ts";
import { nodeIds, nodeView } from "../node-view.ts";
import { Supervisor } from "../process/supervisor.ts";
import type { Cluster, RuntimeContext, Topology } from "../runtime.ts";
import { sideImage } from "./build-images.ts";
import { ContainerNode } from "./container-node.ts";
import { asked, connectDocker, type Docker, removeRun, runLabels } from "./docker.ts";
import { isLocal, resolveImage, versionOf } from "./image.ts";
import { PodNetwork } from "./network.ts";
import { Pod, podDataDir } from "./pod.ts";

const images = fileURLToPath(new URL("../../../images/", import.meta.url));

/** Starts a cluster in containers: `Runtime.start` of testcontainers. */
export async function startContainers(
  deployment: Deployment,
  topology: Topology,
  context: RuntimeContext,
): Promise<Cluster> {
  const docker = await connectDocker();
  const { runId } = topology;
  // The data is in volumes, but the caller's data directory must go with the run as well.
  const supervisor = new Supervisor(runId);
  supervisor.ownDirectory(topology.dataDir);
  supervisor.atClose(async () => {
    await removeRun(docker, runId);
  });
  try {
    const image = await imageFor(docker, deployment, topology, context);
    await sideImageIn(docker, context);
    const network = await createNetwork(docker, runId);
    const pods = await Promise.all(
      nodeIds(topology.size).map(async (node) => {
        const volume = await createVolume(docker, node, topology);
        const { clock } = context;
        return await Pod.start({ docker, clock, network, node, runId, deployment, sideImage, volume });
      }),
    );
    const shaping = await shapingBetween(pods, deployment, topology);
    supervisor.atClose(() => shaping.close());
    const links = new PodNetwork(pods, await gatewayOf(docker, network), shaping);
    await links.install();
    const nodes = await Promise.all(
      pods.map((pod) => containerNode(docker, pod, pods, image, deployment, topology, context)),
    );
    await Promise.all(nodes.map((node) => node.start()));
    return { nodes, network: links, stop: () => supervisor.close() };
  } catch (reason) {
    await supervisor.close();
    throw reason;
  }
}

async function imageFor(
  docker: Docker,
  deployment: Deployment,
  topology: Topology,
  context: RuntimeContext,
): Promise<string> {
  const image = topology.image ?? deployment.image;
  if (image === undefined)
    throw new CouldNotRunError(`there is no default image of ${topology.system}: choose one with --image`);
  return await resolveImage(docker, topology.system, image, image === deployment.image, context);
}

/** Builds the side image if it is missing: it needs only Debian packages. */
async function sideImageIn(docker: Docker, { log }: RuntimeContext): Promise<void> {
  if (await isLocal(docker, sideImage)) return;
  log(`building ${sideImage} (only once)`);
  try {
    await GenericContainer.fromDockerfile(images, "side/Dockerfile").build(sideImage, {
      deleteOnExit: false,
    });
  } catch (cause) {
    const { message } = cause as Error;
    throw new CouldNotRunError(`cannot build ${sideImage} (${message}); try: assay images build`, { cause });
  }
}

async function createNetwork(docker: Docker, runId: string): Promise<StartedNetwork> {
  const name = `assay-${runId}`;
  const network = await asked(
    docker.network.create({ Name: name, CheckDuplicate: true, Driver: "bridge", Labels: runLabels(runId) }),
  );
  return new StartedNetwork(docker, name, network);
}

async function gatewayOf(docker: Docker, network: StartedNetwork): Promise<string> {
  const { IPAM } = await asked(docker.network.getById(network.getId()).inspect());
  const gateway = (IPAM as { Config?: { Gateway?: string }[] }).Config?.[0]?.Gateway;
  assert(gateway !== undefined, "Docker gave the network no gateway");
  // Some versions append the length of the prefix.
  return gateway.split("/")[0] ?? gateway;
}

/** Creates the volume. A tmpfs lives as long as a container mounts it: here the side container, so it survives a restart of the node. */
async function createVolume(docker: Docker, node: NodeId, { runId, storage }: Topology): Promise<string> {
  const inMemory = { Driver: "local", DriverOpts: { type: "tmpfs", device: "tmpfs" } };
  const volume = {
    Name: `assay-${runId}-${node}`,
    Labels: runLabels(runId),
    ...(storage === "tmpfs" && inMemory),
  };
  await asked(docker.container.dockerode.createVolume(volume));
  return volume.Name;
}

/** Delays links with netem in each sender's pod, or with proxies. */
function shapingBetween(
  pods: readonly Pod[],
  deployment: Deployment,
  topology: Topology,
): Promise<LinkShaping> {
  const podOf = (node: NodeId): Pod => {
    const pod = pods.find((candidate) => candidate.node === node);
    assert(pod !== undefined, `no node ${node}`);
    return pod;
  };
  return LinkShaping.prepare(topology.faults, {
    async netem() {
      const [first] = pods;
      if (first === undefined || !(await NetemDelays.works(first.exec))) return undefined;
      return new NetemDelays(([from, to]: Link) => ({
        exec: podOf(from).exec,
        device: "eth0",
        match: `dst ${podOf(to).address}/32`,
      }));
    },
    proxies: () => proxiesIn(pods, deployment, topology),
  });
}

/** Needs root on Docker's own host: this process must enter the pods' namespaces. */
async function proxiesIn(
  pods: readonly Pod[],
  deployment: Deployment,
  topology: Topology,
): Promise<LinkProxies | CouldNotRunError> {
  if (process.getuid?.() !== 0)
    return new CouldNotRunError(
      "held links, and slow ones where the kernel has no netem, need root on the Docker host: run Assay there as root, or use --runtime netns",
    );
  const nodes = await Promise.all(
    pods.map(async (pod) => ({
      id: pod.node,
      address: pod.address,
      enter: ["nsenter", `--net=/proc/${await pod.hostPid()}/ns/net`],
    })),
  );
  const peerPorts = Object.values(deployment.ports).filter((port) => port.for === "peer");
  return await LinkProxies.start(
    nodes,
    peerPorts.map((port) => port.number),
    topology.size,
  );
}

async function containerNode(
  docker: Docker,
  pod: Pod,
  pods: readonly Pod[],
  image: string,
  deployment: Deployment,
  topology: Topology,
  context: RuntimeContext,
): Promise<ContainerNode> {
  const addresses = ({ address }: Pod): Record<string, Address> =>
    Object.fromEntries(
      Object.entries(deployment.ports).map(([name, port]) => [name, { host: address, port: port.number }]),
    );
  const peers = pods
    .map((peer, i) => ({ id: peer.node, index: i + 1, addresses: addresses(peer) }))
    .filter((peer) => peer.id !== pod.node);
  const { program: _, ...withoutProgram } = topology;
  const view = nodeView(
    pod.node,
    pods.indexOf(pod) + 1,
    { ...withoutProgram, program: undefined },
    { dataDir: podDataDir, listen: addresses(pod), peers },
  );
  const launch = deployment.launch({ ...view, version: versionOf(image) });
  await pod.write(launch.files);
  const clientPort = deployment.ports[deployment.clientPort];
  assert(clientPort !== undefined, `${topology.system} has no port ${deployment.clientPort}`);
  return new ContainerNode({
    docker,
    clock: context.clock,
    pod,
    endpoint: { node: pod.node, ...(await pod.reach(clientPort.number, context.clock)) },
    addresses: await clientAddresses(pod, deployment, context.clock),
    image,
    launch,
    runId: topology.runId,
    logFile: join(topology.logDir, `${pod.node}.log`),
  });
}

/** Where the harness reaches each client port of a pod. */
async function clientAddresses(
  pod: Pod,
  { ports }: Deployment,
  clock: Clock,
): Promise<Readonly<Record<string, Address>>> {
  const clientPorts = Object.entries(ports).filter(([, port]) => port.for === "client");
  return Object.fromEntries(
    await Promise.all(
      clientPorts.map(async ([name, { number }]) => [name, await pod.reach(number, clock)] as const),
    ),
  );
}
