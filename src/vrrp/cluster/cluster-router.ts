import type { WrittenGroup, WrittenInstance, WrittenVrrp } from '../advice/written.ts';
import type { VirtualRouterConfiguration } from '../configuration.ts';

/** One of the hosts that share virtual routers. */
export interface ClusterNode {
  readonly name: string;
  readonly written: WrittenVrrp;
  /** The members of each sync group. */
  readonly membersOf: ReadonlyMap<WrittenGroup, readonly WrittenInstance[]>;
  /** Scripts that are tracked in reverse only, say one that looks for a file that begins maintenance. */
  readonly usuallyFailing: ReadonlySet<string>;
}

export function clusterNode(name: string, written: WrittenVrrp): ClusterNode {
  const membersOf = new Map<WrittenGroup, WrittenInstance[]>();
  const reversed = new Map<string, boolean>();
  for (const instance of written.instances) {
    const { configuration, group } = instance;
    const mates = group && membersOf.get(group);
    if (mates) mates.push(instance);
    else if (group) membersOf.set(group, [instance]);
    for (const { script, reverse } of [...configuration.trackScripts, ...(group?.configuration.trackScripts ?? [])]) {
      reversed.set(script, reverse && reversed.get(script) !== false);
    }
  }
  const usuallyFailing = new Set([...reversed].filter(([, reverse]) => reverse).map(([script]) => script));
  return { name, written, membersOf, usuallyFailing };
}

/** A virtual router as one node has it. */
export interface Member {
  readonly node: ClusterNode;
  readonly written: WrittenInstance;
  readonly configuration: VirtualRouterConfiguration;
}

/** A virtual router with all nodes that have it, in the order of the nodes. */
export interface ClusterRouter {
  /** As the first node calls its instance. */
  readonly name: string;
  readonly members: readonly Member[];
}

/**
 * By what instances are recognised as the same virtual router, the surest sign first. A mistake in one of them must not
 * hide that they belong together: that would hide the mistake.
 */
const signs: readonly ((configuration: VirtualRouterConfiguration) => readonly string[])[] = [
  ({ vrid, family, addresses }) => addresses.map(({ address }) => `${vrid} ${family} ${address}`),
  ({ name, vrid, family, addresses }) => [
    `${name} ${vrid} ${family}`,
    ...addresses.map(({ address }) => `${name} ${address}`),
  ],
  ({ addresses }) => addresses.map(({ address }) => address),
  ({ vrid, family, interface: device }) => [`${vrid} ${family} ${device ?? ''}`],
  ({ name }) => [name],
];

/** Which instances of the nodes are one virtual router. */
export function routersOf(nodes: readonly ClusterNode[]): readonly ClusterRouter[] {
  const instances = nodes.flatMap(node =>
    node.written.instances.map(written => ({ node, written, configuration: written.configuration })),
  );
  let groups: Member[][] = instances.map(member => [member]);
  for (const sign of signs) {
    const known = new Map<string, Member[]>();
    const merged = new Set<Member[]>();
    for (const group of groups) {
      const keys = group.flatMap(({ configuration }) => sign(configuration));
      const other = keys.map(key => known.get(key)).find(found => found && apart(found, group));
      if (other) {
        other.push(...group);
        merged.add(group);
      }
      for (const key of keys) if (!known.has(key)) known.set(key, other ?? group);
    }
    groups = groups.filter(group => !merged.has(group));
  }
  return groups.map(members => ({ name: members[0]!.configuration.name, members }));
}

/** A node has a virtual router once. */
function apart(left: readonly Member[], right: readonly Member[]): boolean {
  return !left.some(({ node }) => right.some(other => other.node === node));
}
