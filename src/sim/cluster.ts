import { microseconds, seconds } from '../base/duration.ts';
import { type Family, familyOf, type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import type { VirtualRoute, VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { LinkSpec } from './fake-kernel.ts';
import type { NodeConfiguration } from './node-configuration.ts';
import type { Segment } from './segment.ts';
import { World } from './world.ts';

/** A machine as somebody describes it: a configuration, and where it differs from what follows from that. */
export interface ClusterNode {
  readonly name: string;
  readonly configuration: NodeConfiguration;
  /** Parts per million. */
  readonly driftPpm?: number;
  /** Own addresses by interface; interfaces without get one each of the families that they need. */
  readonly addresses?: ReadonlyMap<string, readonly { readonly address: IpAddress; readonly prefixLength: number }[]>;
}

export interface ClusterOptions {
  readonly seed: number;
  readonly clientsPerSegment: number;
  readonly detail: boolean;
  /** Whether the daemons start by themselves when the world begins. */
  readonly start: boolean;
  /** Names of nodes that wait for somebody to start them. */
  readonly held?: readonly string[];
}

/** Builds the world that the configurations speak of: which interfaces share a segment, and who has which address. */
export function buildCluster(nodes: readonly ClusterNode[], options: ClusterOptions): World {
  const world = new World(options.seed);
  const segments = new Map<string, Segment>();
  const segmentNames = nameSegments(nodes);
  const addresses = ownAddresses(nodes);
  for (const name of new Set(segmentNames.values())) segments.set(name, world.addSegment(name));
  nodes.forEach((node, place) => {
    const links = interfacesOf(node.configuration).map((name, index): LinkSpec => {
      const segment = segments.get(segmentNames.get(`${place} ${name}`)!)!;
      const mac = `02:00:00:00:${hex(place + 1)}:${hex(index + 1)}`;
      return { name, segment, mac, addresses: addresses.get(`${place} ${name}`) ?? [] };
    });
    world.addNode({
      name: node.name,
      configuration: node.configuration,
      links,
      driftPpm: node.driftPpm ?? 0,
      uptime: seconds(100 + 1_000 * place),
      detail: options.detail,
    });
  });
  for (const segment of segments.values()) {
    for (let count = 1; count <= options.clientsPerSegment; count++) {
      const suffix = segments.size > 1 ? `@${segment.name}` : '';
      world.addClient(`client${count}${suffix}`, segment);
    }
  }
  if (options.start) {
    // Machines do not begin in the same microsecond.
    for (const node of world.nodes) {
      const delay = microseconds(1 + world.prng.below(1_000));
      if (!options.held?.includes(node.name)) world.after(delay, () => node.start());
    }
  }
  return world;
}

/** Every interface that a configuration names; one without any name speaks through an interface of its own. */
export function interfacesOf({ instances, syncGroups, statics }: VrrpConfiguration): readonly string[] {
  const names = new Set<string>();
  for (const instance of instances) {
    names.add(instance.interface ?? unnamedInterface);
    for (const { interface: name } of [...instance.addresses, ...instance.excludedAddresses]) if (name) names.add(name);
    for (const { interface: name } of instance.trackInterfaces) names.add(name);
    for (const name of [...routedInterfaces(instance.routes), ...(instance.dependsOnInterfaces ?? [])]) names.add(name);
  }
  for (const { interface: name } of statics?.addresses ?? []) if (name) names.add(name);
  for (const name of routedInterfaces(statics?.routes)) names.add(name);
  for (const { trackInterfaces } of syncGroups) for (const { interface: name } of trackInterfaces) names.add(name);
  return [...names];
}

function routedInterfaces(routes: readonly VirtualRoute[] = []): readonly string[] {
  const names = routes.flatMap(({ device, nextHops }) => [device, ...nextHops.map(hop => hop.device)]);
  return names.filter(name => name !== undefined);
}

const unnamedInterface = 'eth0';

/** By `place name`: interfaces of the same name share a segment, and so do those that run the same virtual router. */
function nameSegments(nodes: readonly ClusterNode[]): ReadonlyMap<string, string> {
  const leaders = new Map<string, string>();
  const find = (key: string): string => {
    const leader = leaders.get(key) ?? key;
    return leader === key ? key : find(leader);
  };
  const unite = (left: string, right: string): void => {
    const [first, second] = [find(left), find(right)];
    if (first !== second) leaders.set(second, first);
  };
  const routers = new Map<string, string>();
  nodes.forEach(({ configuration }, place) => {
    for (const instance of configuration.instances) {
      const key = `${place} ${instance.interface ?? unnamedInterface}`;
      const shared = sharedKey(instance);
      const other = routers.get(shared);
      if (other === undefined) routers.set(shared, key);
      else unite(other, key);
    }
  });
  const byName = new Map<string, string>();
  nodes.forEach(({ configuration }, place) => {
    for (const name of interfacesOf(configuration)) {
      const key = `${place} ${name}`;
      const other = byName.get(name);
      if (other === undefined) byName.set(name, key);
      // An interface that runs a virtual router of its own may share a name by chance, never a segment.
      else if (!hasRouters(nodes, find(key)) || !hasRouters(nodes, find(other))) unite(other, key);
    }
  });
  const names = new Map<string, string>();
  nodes.forEach(({ configuration }, place) => {
    for (const name of interfacesOf(configuration)) {
      const leader = find(`${place} ${name}`);
      names.set(`${place} ${name}`, leader.slice(leader.indexOf(' ') + 1));
    }
  });
  return names;
}

function hasRouters(nodes: readonly ClusterNode[], leader: string): boolean {
  const [place, name] = [Number(leader.slice(0, leader.indexOf(' '))), leader.slice(leader.indexOf(' ') + 1)];
  return nodes[place]!.configuration.instances.some(instance => (instance.interface ?? unnamedInterface) === name);
}

/** What two instances have in common if they are one virtual router. */
function sharedKey({ family, vrid, addresses }: VirtualRouterConfiguration): string {
  return `${family} ${vrid} ${addresses[0]?.address ?? ''}`;
}

/** By `place interface`. What the configurations say of themselves and of their peers, and else addresses of our own. */
function ownAddresses(
  nodes: readonly ClusterNode[],
): ReadonlyMap<string, readonly { address: IpAddress; prefixLength: number }[]> {
  const result = new Map<string, { address: IpAddress; prefixLength: number }[]>();
  const taken = new Set<IpAddress>();
  const give = (place: number, name: string, address: IpAddress, prefixLength?: number): void => {
    const key = `${place} ${name}`;
    const list = result.get(key) ?? [];
    if (!list.some(other => other.address === address)) {
      list.push({ address, prefixLength: prefixLength ?? (familyOf(address) === 4 ? 24 : 64) });
    }
    result.set(key, list);
    taken.add(address);
  };
  nodes.forEach(({ addresses }, place) => {
    for (const [name, list] of addresses ?? []) {
      for (const { address, prefixLength } of list) give(place, name, address, prefixLength);
    }
  });
  nodes.forEach(({ configuration }, place) => {
    for (const { source, interface: name = unnamedInterface } of configuration.instances) {
      if (source !== undefined) give(place, name, source);
    }
  });
  nodes.forEach(({ configuration }, place) => {
    for (const instance of configuration.instances) {
      const { family, interface: name = unnamedInterface, source, destination } = instance;
      const has = (result.get(`${place} ${name}`) ?? []).some(({ address }) => familyOf(address) === family);
      if (source !== undefined || has || destination.type !== 'unicast') continue;
      const peers = new Set(destination.peers.map(({ address }) => address));
      const named = nodes.flatMap(({ configuration: { instances } }) =>
        instances.flatMap(other =>
          other.vrid === instance.vrid && other.destination.type === 'unicast'
            ? other.destination.peers.map(({ address }) => address)
            : [],
        ),
      );
      // Those that others name and we do not, first; a file may list its own machine among the peers.
      const candidates = [...named.filter(address => !peers.has(address)), ...named];
      const free = candidates.find(address => !taken.has(address));
      if (free !== undefined) give(place, name, free);
    }
  });
  nodes.forEach(({ configuration }, place) => {
    interfacesOf(configuration).forEach((name, index) => {
      const list = result.get(`${place} ${name}`) ?? [];
      const families = familiesOn(configuration, name);
      if (!list.some(({ address }) => familyOf(address) === 4) && (families.has(4) || families.size === 0)) {
        give(place, name, parseIpAddress(`192.0.2.${index * 16 + place + 1}`)!);
      }
      if (families.has(6)) give(place, name, parseIpAddress(`fe80::${index * 256 + place + 1}`)!);
    });
  });
  return result;
}

function familiesOn({ instances }: VrrpConfiguration, name: string): ReadonlySet<Family> {
  const families = new Set<Family>();
  for (const instance of instances)
    if ((instance.interface ?? unnamedInterface) === name) families.add(instance.family);
  return families;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
