import { type Duration, milliseconds, plus, seconds, zero } from '../../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../../base/instant.ts';
import { familyOf, type IpAddress, isLinkLocal } from '../../base/ip-address.ts';
import type {
  FileTracker,
  ProcessTracker,
  ScriptTracker,
  SyncGroupConfiguration,
  VirtualRouterConfiguration,
  VrrpConfiguration,
} from '../../vrrp/configuration.ts';
import type { KernelLink } from '../kernel-link.ts';
import type { LifeEvent, Observation } from '../observation.ts';
import { isGood } from '../script-stage.ts';
import type { SimNode } from '../sim-node.ts';
import type { World } from '../world.ts';

/** One node's share in a virtual router, with what can be seen of it from outside. */
export interface Member {
  readonly node: SimNode;
  /** The segment, family and VRID that make the virtual router. */
  readonly router: string;
  configuration: VirtualRouterConfiguration;
  group: SyncGroupConfiguration | undefined;
  /** Its last advertisement. */
  advertisedAt: Instant;
  advertisedPriority: number;
  advertisedSource: IpAddress | undefined;
  /** The version of that advertisement; a reload may have brought another one since. */
  advertisedVersion: 2 | 3;
  /** Since when it advertises without having given up. */
  speaksSince: Instant | undefined;
  /** Since when the kernel has all its addresses. */
  holdsSince: Instant | undefined;
}

const never = instantFromMicroseconds(-1);
/** A node answers for its state this long after the kernel or a process told it something. */
const reactionTime = milliseconds(100);
/** Duplicate address detection delays the source address of IPv6. */
const detectionTime = seconds(1.2);

/** Who takes part in which virtual router, and what is known of each from the outside. */
export class ClusterView {
  readonly world: World;
  members: readonly Member[] = [];
  readonly #byNode = new Map<string, Member[]>();
  readonly #byRouter = new Map<string, Member[]>();
  /** When each node can be held to what it should know by then. */
  readonly #readyAt = new Map<string, Instant>();
  readonly #fitAt = new Map<string, Instant>();
  readonly #frozenAt = new Map<string, Instant>();
  /** When the process's vrrp_startup_delay is over, as its own clock counts. */
  readonly #startupOverAt = new Map<string, Instant>();
  /** What was left of it when the machine stood still, its clock included. */
  readonly #startupLeft = new Map<string, Duration>();
  /** When every tracker's change of mind has become the instances'. */
  readonly #trackersToldAt = new Map<string, Instant>();
  /** The longest advertisement interval that anybody in the virtual router has had. */
  readonly #intervals = new Map<string, Duration>();

  constructor(world: World) {
    this.world = world;
    this.refresh();
    for (const { name } of world.nodes) this.#readyAt.set(name, world.now);
  }

  get routers(): ReadonlyMap<string, readonly Member[]> {
    return this.#byRouter;
  }

  ofNode(name: string): readonly Member[] {
    return this.#byNode.get(name) ?? [];
  }

  ofRouter(router: string): readonly Member[] {
    return this.#byRouter.get(router) ?? [];
  }

  readyAt(node: SimNode): Instant {
    return this.#readyAt.get(node.name)!;
  }

  /** The same without regard to what happens to others. */
  fitAt(node: SimNode): Instant {
    return this.#fitAt.get(node.name) ?? never;
  }

  /** An upper bound for the interval by which timers run. */
  interval(router: string): Duration {
    return this.#intervals.get(router)!;
  }

  /** Reads the configurations anew. */
  refresh(): void {
    const before = this.members;
    this.members = this.world.nodes.flatMap(node => membersOf(node, before));
    this.#byNode.clear();
    this.#byRouter.clear();
    for (const member of this.members) {
      push(this.#byNode, member.node.name, member);
      push(this.#byRouter, member.router, member);
      const { advertisementInterval: interval } = member.configuration;
      const known = this.#intervals.get(member.router) ?? zero;
      if (interval > known) this.#intervals.set(member.router, interval);
      // Another list of addresses does not end a mastership.
      const { speaksSince } = member;
      this.#lookAtAddresses(this.world.now, member);
      member.speaksSince = speaksSince;
    }
  }

  /** Returns whether anything but an advertisement's time changed. */
  observe(now: Instant, seen: Observation): boolean {
    switch (seen.type) {
      case 'advertisement-sent':
        return this.#advertised(now, seen);
      case 'address':
        for (const member of this.ofNode(seen.node)) this.#lookAtAddresses(now, member);
        return true;
      case 'life': {
        const node = this.world.node(seen.node)!;
        if (seen.event === 'reloaded' || seen.event === 'process-started') this.refresh();
        if (seen.event === 'process-crashed' || seen.event === 'powered-off' || seen.event === 'process-stopped') {
          for (const member of this.ofNode(seen.node)) member.speaksSince = undefined;
        }
        if (seen.event === 'frozen') this.#frozenAt.set(seen.node, now);
        const startup = this.#startup(now, node, seen.event);
        const scripts = seen.event === 'process-started' || seen.event === 'reloaded' ? trackerSettleTime(node) : zero;
        // Scripts stand still, too, with what they were about to say.
        const waiting = seen.event === 'thawed' ? this.#untold(node) : zero;
        const detection = node.kernel.links.some(hasIpv6) ? detectionTime : zero;
        this.#delay(now, node, plus(plus(plus(startup, scripts), waiting), detection));
        return true;
      }
      case 'object-changed':
      case 'script-outcome': {
        const node = this.world.node(seen.node)!;
        this.#trackersToldAt.set(seen.node, after(now, trackerSettleTime(node)));
        this.#delay(now, node, trackerSettleTime(node));
        return true;
      }
      case 'disturbance':
        // Somebody else's interval may be learned.
        if (seen.text.startsWith('foreign')) this.#expectInterval(seconds(1));
        for (const node of this.world.nodes) {
          const at = after(now, reactionTime);
          if (at > this.readyAt(node)) this.#readyAt.set(node.name, at);
        }
        for (const node of this.#concernedBy(seen.text)) this.#delay(now, node, zero);
        return true;
      default:
        return false;
    }
  }

  /** Whether everything that the member needs is there, so that it should play its part. */
  isEligible({ node, configuration, group }: Member): boolean {
    if (!node.responsive) return false;
    const instances = node.configuration.instances;
    const ours = group ? instances.filter(({ name }) => group.members.includes(name)) : [configuration];
    return ours.every(instance => isFit(node, instance, group));
  }

  /** Whether the member advertises, as far as can be seen. */
  isSpeaking(member: Member, now: Instant): boolean {
    const { configuration, advertisedAt, speaksSince, node } = member;
    if (speaksSince === undefined || !node.responsive) return false;
    return now - advertisedAt < configuration.advertisementInterval + reactionTime;
  }

  /** Base priority and trackers, as the manual page explains them. */
  priorityOf({ node, configuration, group }: Member): number {
    if (configuration.priority === 255) return 255;
    let sum = configuration.priority;
    for (const tracker of [...configuration.trackInterfaces, ...(group?.trackInterfaces ?? [])]) {
      sum += contribution(isUp(node, tracker.interface), tracker);
    }
    for (const tracker of [...configuration.trackScripts, ...(group?.trackScripts ?? [])]) {
      sum += contribution(isGood(node.scripts.behaviour(tracker.script)), tracker);
    }
    for (const tracker of [...configuration.trackFiles, ...(group?.trackFiles ?? [])])
      sum += fileProduct(node, tracker);
    for (const tracker of [...configuration.trackProcesses, ...(group?.trackProcesses ?? [])]) {
      sum += contribution(hasQuorum(node, tracker), tracker);
    }
    return Math.min(254, Math.max(1, sum));
  }

  /** Whether advertisements of one can reach the other and would be accepted. */
  hears(listener: Member, speaker: Member): boolean {
    const from = linkOf(speaker.node, speaker.configuration);
    const to = linkOf(listener.node, listener.configuration);
    if (!from || !to || from.segment !== to.segment || !from.segment.isOpen(from, to)) return false;
    if (speaker.configuration.destination.type === 'multicast' && from.segment.multicastBlocked) return false;
    return speakSameLanguage(listener.configuration, speaker.configuration);
  }

  /** The longest that the member, or its sync group, may wait for its down timers. */
  downInterval(member: Member): Duration {
    const { group } = member;
    const siblings = group ? this.ofNode(member.node.name).filter(other => other.group === group) : [member];
    return Math.max(...siblings.map(sibling => this.#ownDownInterval(sibling))) as Duration;
  }

  /** Master_Down_Interval with the longest interval that may have been learned. */
  #ownDownInterval(member: Member): Duration {
    const interval = this.interval(member.router);
    const skewUnit = member.configuration.version === 3 ? interval : seconds(1);
    return (member.configuration.downTimerAdverts * interval + skewUnit) as Duration;
  }

  #advertised(now: Instant, seen: Observation & { type: 'advertisement-sent' }): boolean {
    const members = this.#byNode.get(seen.node);
    if (!members) return false;
    for (const member of members) {
      const { vrid, family } = member.configuration;
      if (vrid !== seen.vrid || family !== seen.family || !member.router.startsWith(seen.segment)) continue;
      // What leaves no port is no advertisement.
      if (!linkOf(member.node, member.configuration)?.hasCarrier) {
        if (seen.priority === 0) member.speaksSince = undefined;
        return seen.priority === 0;
      }
      // Whoever was silent for as long as no peer waits begins anew, however its last mastership ended.
      const { advertisementInterval: interval } = member.configuration;
      if (now - member.advertisedAt > 3 * interval + reactionTime) member.speaksSince = undefined;
      const changed = seen.priority === 0 || member.speaksSince === undefined;
      member.advertisedAt = now;
      member.advertisedSource = seen.source;
      member.advertisedVersion = member.configuration.version;
      if (seen.priority === 0) member.speaksSince = undefined;
      else {
        member.advertisedPriority = seen.priority;
        member.speaksSince ??= now;
      }
      return changed;
    }
    return false;
  }

  #lookAtAddresses(now: Instant, member: Member): void {
    const { node, configuration } = member;
    const all = [...configuration.addresses, ...configuration.excludedAddresses];
    const holds =
      all.length > 0 &&
      all.every(({ address, prefixLength, interface: name = configuration.interface }) => {
        const link = name === undefined ? undefined : node.kernel.linkNamed(name);
        return link !== undefined && node.kernel.holds(link.index, address, prefixLength);
      });
    if (!holds) {
      // Without its addresses it is no master any more, whatever it said last.
      if (member.holdsSince !== undefined) member.speaksSince = undefined;
      member.holdsSince = undefined;
    } else member.holdsSince ??= now;
  }

  /** How much of its vrrp_startup_delay a process has before it, where an event tells. */
  #startup(now: Instant, node: SimNode, event: LifeEvent): Duration {
    switch (event) {
      case 'process-started': {
        const { startupDelay } = node.configuration.global;
        this.#startupOverAt.set(node.name, after(now, startupDelay));
        return startupDelay;
      }
      case 'frozen': {
        const left = (this.#startupOverAt.get(node.name) ?? never) - now;
        this.#startupLeft.set(node.name, (node.suspended ? Math.max(0, left) : 0) as Duration);
        return zero;
      }
      case 'thawed': {
        const left = this.#startupLeft.get(node.name) ?? zero;
        if (left > 0) this.#startupOverAt.set(node.name, after(now, left));
        return left;
      }
      default:
        return zero;
    }
  }

  /** How much of a tracker's change of mind was still to come when the node stood still. */
  #untold({ name }: SimNode): Duration {
    const frozenAt = this.#frozenAt.get(name) ?? never;
    return Math.max(0, (this.#trackersToldAt.get(name) ?? never) - frozenAt) as Duration;
  }

  #expectInterval(interval: Duration): void {
    for (const [router, known] of this.#intervals) if (known < interval) this.#intervals.set(router, interval);
  }

  /** The nodes that are named, or all if none is. */
  #concernedBy(text: string): readonly SimNode[] {
    const words = new Set(text.split(' '));
    const named = this.world.nodes.filter(({ name }) => words.has(name));
    return named.length > 0 ? named : this.world.nodes;
  }

  #delay(now: Instant, node: SimNode, span: Duration): void {
    const at = after(now, plus(span, reactionTime));
    if (at > this.readyAt(node)) this.#readyAt.set(node.name, at);
    if (at > this.fitAt(node)) this.#fitAt.set(node.name, at);
  }
}

/** How long a change of a script's mind, or of a process's number, takes to become the instance's. */
export function trackerSettleTime({ configuration }: SimNode): Duration {
  let longest = 0;
  for (const { interval, timeout, rise, fall } of configuration.scripts) {
    // A run that hangs lasts for its timeout and for what killing it takes, and the next one waits for its turn.
    longest = Math.max(longest, (Math.max(rise, fall) + 1) * (interval + timeout + seconds(2)));
  }
  for (const { forkDelay, terminateDelay } of configuration.processes)
    longest = Math.max(longest, forkDelay, terminateDelay);
  return longest as Duration;
}

/** The interface that an instance speaks through. */
export function linkOf(node: SimNode, { interface: name }: VirtualRouterConfiguration): KernelLink | undefined {
  return name === undefined ? node.kernel.links[0] : node.kernel.linkNamed(name);
}

/** Members that are of one mind about what they need to agree on. */
export function speakSameLanguage(left: VirtualRouterConfiguration, right: VirtualRouterConfiguration): boolean {
  if (left.version !== right.version || left.destination.type !== right.destination.type) return false;
  if (left.version === 2 && left.advertisementInterval !== right.advertisementInterval) return false;
  if (left.destination.type === 'multicast' && right.destination.type === 'multicast') {
    if (left.destination.group !== right.destination.group) return false;
  }
  const [ours, theirs] = [left.authentication, right.authentication];
  if (ours.type !== theirs.type) return false;
  return ours.type === 'none' || theirs.type === 'none' || ours.bytes.join() === theirs.bytes.join();
}

function membersOf(node: SimNode, before: readonly Member[]): Member[] {
  const { instances, syncGroups }: VrrpConfiguration = node.configuration;
  return instances.flatMap(configuration => {
    const link = linkOf(node, configuration);
    const { family, vrid } = configuration;
    const group = syncGroups.find(({ members }) => members.includes(configuration.name));
    const known = before.find(
      other => other.node === node && other.configuration.vrid === vrid && other.configuration.family === family,
    );
    // The interface may be away just now.
    const router = link ? `${link.segment.name} ${family} ${vrid}` : known?.router;
    if (router === undefined) return [];
    if (known && known.router === router) {
      known.configuration = configuration;
      known.group = group;
      return [known];
    }
    return [
      {
        node,
        router,
        configuration,
        group,
        advertisedAt: never,
        advertisedPriority: 0,
        advertisedSource: undefined,
        advertisedVersion: configuration.version,
        speaksSince: undefined,
        holdsSince: undefined,
      },
    ];
  });
}

function isFit(
  node: SimNode,
  instance: VirtualRouterConfiguration,
  group: SyncGroupConfiguration | undefined,
): boolean {
  if (instance.destination.type === 'no-peer') return false;
  const link = linkOf(node, instance);
  if (!link) return false;
  if (!instance.dontTrackPrimary && !(link.adminUp && link.carrier)) return false;
  const sourceThere = link.addresses.some(({ address, flags }) =>
    instance.source !== undefined
      ? true
      : familyOf(address) === instance.family && !flags.tentative && (instance.family === 4 || isLinkLocal(address)),
  );
  if (!sourceThere) return false;
  const interfaces = [...instance.trackInterfaces, ...(group?.trackInterfaces ?? [])];
  if (instance.dependsOnInterfaces?.some(name => !isUp(node, name))) return false;
  if (interfaces.some(tracker => tracker.weight === 0 && isUp(node, tracker.interface) === tracker.reverse))
    return false;
  const scripts = [...instance.trackScripts, ...(group?.trackScripts ?? [])];
  const files = [...instance.trackFiles, ...(group?.trackFiles ?? [])];
  const processes = [...instance.trackProcesses, ...(group?.trackProcesses ?? [])];
  return (
    scripts.every(
      tracker => tracker.weight !== 0 || isGood(node.scripts.behaviour(tracker.script)) !== tracker.reverse,
    ) &&
    files.every(tracker =>
      tracker.weight === 0
        ? (node.objects.numberOf(tracker.file) === 0) !== tracker.reverse
        : fileProduct(node, tracker) > -254,
    ) &&
    processes.every(tracker => tracker.weight !== 0 || hasQuorum(node, tracker) !== tracker.reverse)
  );
}

/** What a tracked file adds to the priority, if it does not mean FAULT. */
function fileProduct(node: SimNode, { file, weight, reverse }: FileTracker): number {
  const product = node.objects.numberOf(file) * weight;
  return Math.max(-254, Math.min(253, reverse ? -product : product));
}

function hasQuorum(node: SimNode, { process: name }: ProcessTracker): boolean {
  const tracked = node.configuration.processes.find(each => each.name === name);
  const count = node.objects.countOf(name);
  return tracked !== undefined && count >= tracked.quorum && count <= (tracked.maximum ?? count);
}

function isUp(node: SimNode, linkName: string): boolean {
  const link = node.kernel.linkNamed(linkName);
  return link?.adminUp === true && link.carrier;
}

function contribution(good: boolean, { weight, reverse }: Pick<ScriptTracker, 'weight' | 'reverse'>): number {
  const counts = good !== reverse;
  if (weight > 0) return counts ? weight : 0;
  return counts ? 0 : weight;
}

function hasIpv6({ addresses }: KernelLink): boolean {
  return addresses.some(({ address }) => familyOf(address) === 6);
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
