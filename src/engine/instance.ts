import { milliseconds, seconds } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import { familyOf, type IpAddress, isMulticast } from '../base/ip-address.ts';
import type { AddressRequest } from '../ports/network.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { AddressHolding } from '../vrrp/address-holding.ts';
import type { Announcement, AnnouncementQueue } from '../vrrp/announcement-queue.ts';
import { Announcements, type SavedAnnouncements } from '../vrrp/announcements.ts';
import type { VirtualAddress, VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { type Counters, copyCounters, newCounters } from '../vrrp/counters.ts';
import { detailLine, type FaultCause, type LogLine, line } from '../vrrp/log-lines.ts';
import { checkAdvertisement, type ReceivedPacket } from '../vrrp/receive-checks.ts';
import { observationLine, rejectLine } from '../vrrp/reject-lines.ts';
import { type RouterEffect, type RouterInput, type SavedRouter, VirtualRouter } from '../vrrp/virtual-router.ts';
import { JudgedMessage, SentMessages } from './advertisement-memory.ts';
import { type Estate, estateOf } from './estate.ts';
import type { NetworkView } from './network-view.ts';
import { possessionLines } from './possession-lines.ts';
import { type Loss, Possessions, type SavedPossessions, type Work } from './possessions.ts';
import { routerSettings } from './router-settings.ts';
import type { Touched } from './turn.ts';

/** A refused address is asked for again after this. */
const retryDelay = seconds(1);
/** A removal is judged only now: the interface going down removes addresses, too, and says so a moment later. */
const lossJudgementDelay = milliseconds(2);

/** When to look whether a burst is through that another one has to follow. */
const burstPoll = milliseconds(100);

/** What instances share. */
export interface Surroundings {
  readonly network: NetworkView;
  readonly queue: AnnouncementQueue;
  readonly out: VrrpEffect[];
  readonly touched: Touched<Instance>;
  /** Whether anybody reads detail lines. */
  readonly detail: boolean;
}

/** What others took away, until it is clear whether it went with its interface. */
interface Lost {
  readonly judgeAt: Instant;
  readonly entries: readonly Loss[];
}

/** An Instance without its configuration as plain data. */
export interface SavedInstance {
  readonly machine: SavedRouter;
  readonly possessions: SavedPossessions;
  readonly announcements: SavedAnnouncements;
  readonly counters: Counters;
  readonly causes: readonly FaultCause[];
  readonly lastTransitionAt: Instant | undefined;
  readonly retryAt: Instant | undefined;
  readonly reassertAgain: { readonly at: Instant; readonly repeat: number } | undefined;
  readonly said: readonly string[];
  readonly givingUp: boolean;
  readonly lost: Lost | undefined;
}

/** One virtual router with everything around its state machine: addresses, announcements, counters, sending. */
export class Instance {
  readonly machine: VirtualRouter;
  readonly possessions: Possessions;
  readonly announcements: Announcements;
  counters: Counters = newCounters();
  /** Own reasons for FAULT, those of the sync group's other members left out. */
  causes: readonly FaultCause[] = [];
  lastTransitionAt: Instant | undefined;
  /** Its deadline may have moved during this turn. */
  touched = false;

  readonly #sent = new SentMessages();
  readonly #judged = new JudgedMessage();
  #configuration: VirtualRouterConfiguration;
  #channelKey: string;
  #around: Surroundings;
  #retryAt: Instant | undefined;
  /** A losing master was heard while a burst was under way: it may have been believed since. */
  #reassertAgain: { readonly at: Instant; readonly repeat: number } | undefined;
  /** Said once until the state changes. */
  readonly #said = new Set<string>();
  /** "removing VIPs." was said since the addresses were last set. */
  #givingUp = false;
  #lost: Lost | undefined;

  constructor(configuration: VirtualRouterConfiguration, grouped: boolean, around: Surroundings) {
    this.#configuration = configuration;
    this.#channelKey = channelKey(configuration);
    this.#around = around;
    const settings = routerSettings(configuration, grouped);
    this.machine = new VirtualRouter(settings, configuration.priority, undefined);
    this.announcements = new Announcements(configuration.garp);
    // An owner keeps what an earlier life left.
    this.possessions = new Possessions(this.estateFor(configuration), around.network, configuration.priority !== 255);
  }

  get configuration(): VirtualRouterConfiguration {
    return this.#configuration;
  }

  get name(): string {
    return this.#configuration.name;
  }

  get holding(): AddressHolding {
    return this.possessions.addresses;
  }

  /** Of the channel that it sends and listens on. */
  get channelKey(): string {
    return this.#channelKey;
  }

  get linkIndex(): number | undefined {
    const { interface: name } = this.#configuration;
    return name === undefined ? undefined : this.#around.network.linkNamed(name)?.index;
  }

  /** All state but what only saves work: messages sent and judged are made and judged anew. checkpoint.test.ts finds gaps. */
  save(): SavedInstance {
    return {
      machine: this.machine.save(),
      possessions: this.possessions.save(),
      announcements: this.announcements.save(),
      counters: copyCounters(this.counters),
      causes: this.causes,
      lastTransitionAt: this.lastTransitionAt,
      retryAt: this.#retryAt,
      reassertAgain: this.#reassertAgain,
      said: [...this.#said],
      givingUp: this.#givingUp,
      lost: this.#lost,
    };
  }

  restore(saved: SavedInstance): void {
    this.machine.restore(saved.machine);
    this.possessions.restore(saved.possessions);
    this.announcements.restore(saved.announcements);
    this.counters = copyCounters(saved.counters);
    this.causes = saved.causes;
    this.lastTransitionAt = saved.lastTransitionAt;
    this.#retryAt = saved.retryAt;
    this.#reassertAgain = saved.reassertAgain;
    this.#said.clear();
    for (const what of saved.said) this.#said.add(what);
    this.#givingUp = saved.givingUp;
    this.#lost = saved.lost;
  }

  /** Whether an interface going up or down can change its state. */
  dependsOn(linkName: string): boolean {
    const { interface: own, trackInterfaces, dependsOnInterfaces = [] } = this.#configuration;
    if (own === linkName || dependsOnInterfaces.includes(linkName)) return true;
    return trackInterfaces.some(tracked => tracked.interface === linkName);
  }

  /** A reload brought another configuration for the same virtual router. */
  reconfigure(
    now: Instant,
    configuration: VirtualRouterConfiguration,
    grouped: boolean,
    isClaimed: (request: AddressRequest) => boolean,
    routing: Parameters<Possessions['replace']>[2],
  ): void {
    const isMaster = this.machine.state.type === 'master';
    this.#configuration = configuration;
    this.#channelKey = channelKey(configuration);
    this.machine.reconfigure(routerSettings(configuration, grouped));
    this.announcements.reconfigure(now, configuration.garp, isMaster);
    const before = new Set(this.holding.present);
    this.possessions.replace(this.estateFor(configuration), isClaimed, routing);
    const kept = new Set(this.holding.requests.map(({ linkIndex, address }) => `${linkIndex} ${address}`));
    const isGone = (key: string, address: IpAddress): boolean => !kept.has(key) && address !== this.machine.source;
    this.#around.queue.withdraw(this, ({ linkIndex, address }) => isGone(`${linkIndex} ${address}`, address));
    // Adopted from another instance: the address stays, but its frames may have to go elsewhere.
    const adopted = this.holding.present.filter(request => !before.has(request));
    if (isMaster) this.announce(now, adopted, configuration.garp.masterRepeat);
  }

  /** Interfaces came or went: ask for the addresses on those that exist. Returns whether that changes anything. */
  followLinks(): boolean {
    const estate = this.estateFor(this.#configuration);
    const { addresses, routes } = this.possessions;
    const indexes = (of: readonly AddressRequest[]): string => of.map(({ linkIndex }) => linkIndex).join();
    const devices = (of: Estate['routes']): string => of.map(({ request }) => JSON.stringify(request)).join();
    const sameRoutes =
      estate.routes.length + routes.requests.length === 0 || devices(estate.routes) === devices(routes.requests);
    if (sameRoutes && indexes(estate.addresses) === indexes(addresses.requests)) return false;
    this.possessions.followLinks(estate);
    return true;
  }

  /** What a configuration has the kernel hold, on the interfaces that exist. */
  estateFor(configuration: VirtualRouterConfiguration): Estate {
    const { addresses, excludedAddresses, routes = [], rules = [], interface: own } = configuration;
    return estateOf({ addresses: [...addresses, ...excludedAddresses], routes, rules }, own, this.#around.network);
  }

  /** Where adverts come from now: the configured source, else the interface's primary address. */
  currentSource(): IpAddress | undefined {
    const { source, family, priority } = this.#configuration;
    if (source !== undefined) return source;
    const index = this.linkIndex;
    if (index === undefined) return undefined;
    // Only the owner's virtual addresses are its own.
    const own = this.holding.requests;
    const isVirtual = (found: { readonly address: IpAddress; readonly prefixLength: number }): boolean =>
      priority !== 255 &&
      own.some(({ address, prefixLength }) => address === found.address && prefixLength === found.prefixLength);
    return this.#around.network.primaryAddress(index, family, isVirtual);
  }

  nextDeadline(): Instant | undefined {
    const own = earliest(this.machine.nextDeadline(), this.announcements.nextDeadline());
    return earliest(earliest(own, this.#reassertAgain?.at), earliest(this.#retryAt, this.#lost?.judgeAt));
  }

  /** The machine's answer to an input. */
  feed(now: Instant, input: RouterInput): readonly RouterEffect[] {
    this.#around.touched.add(this);
    return this.machine.handle(now, input);
  }

  /** What is due in the machine. */
  advanceMachine(now: Instant): readonly RouterEffect[] {
    this.#around.touched.add(this);
    return this.machine.advance(now);
  }

  /** Runs what is due around the machine. Returns whether refused addresses are to be asked for again. */
  advance(now: Instant): boolean {
    this.#around.touched.add(this);
    for (const { repeat } of this.announcements.advance(now)) this.announce(now, this.#present(), repeat);
    if (this.#reassertAgain && this.#reassertAgain.at <= now) this.#burst(now, this.#reassertAgain.repeat);
    if (this.#retryAt === undefined || this.#retryAt > now) return false;
    this.#retryAt = undefined;
    this.possessions.retryRefused();
    return true;
  }

  say(logLine: LogLine | undefined): void {
    if (!logLine || (logLine.detail && !this.#around.detail)) return;
    this.#around.out.push({ type: 'log', ...logLine });
  }

  /** The checked advertisement as the machine's input, or undefined if it was discarded and counted. */
  judge(packet: Omit<ReceivedPacket, 'family'>): (RouterInput & { type: 'advertisement' }) | undefined {
    const { state } = this.machine;
    if (state.type === 'initialize' || state.type === 'fault') return undefined;
    const configuration = this.#configuration;
    const sameMaster = state.type === 'backup' && state.master?.address === packet.source;
    const skipAddressCheck = configuration.skipCheckAdvertAddresses && sameMaster;
    const { source: ownSource } = this.machine;
    const known = this.#judged.verdict(packet, configuration, ownSource, skipAddressCheck);
    const result = known ?? this.#check(packet, ownSource, skipAddressCheck);
    if (!result.ok) {
      this.counters.rejected[result.reason]++;
      const received: ReceivedPacket = { family: configuration.family, ...packet };
      this.#sayOnce(result.reason, () => rejectLine(configuration, received, result.reason));
      return undefined;
    }
    const { advertisement, observations } = result.value;
    this.counters.advertisementsReceived++;
    if (advertisement.priority === 0) this.counters.priorityZeroReceived++;
    for (const observation of observations) {
      this.counters.observed[observation]++;
      this.#sayOnce(observation, () => observationLine(configuration, packet.source, advertisement, observation));
    }
    const { priority, interval } = advertisement;
    return { type: 'advertisement', source: packet.source, priority, interval };
  }

  #check(
    { source, destination, ttl, payload }: Omit<ReceivedPacket, 'family'>,
    ownSource: IpAddress | undefined,
    skipAddressCheck: boolean,
  ): ReturnType<typeof checkAdvertisement> {
    const configuration = this.#configuration;
    const received: ReceivedPacket = { family: configuration.family, source, destination, ttl, payload };
    const verdict = checkAdvertisement(received, {
      version: configuration.version,
      vrid: configuration.vrid,
      priority: configuration.priority,
      interval: configuration.advertisementInterval,
      authentication: configuration.authentication,
      addresses: configuration.addresses.map(({ address }) => address),
      destination: configuration.destination,
      checksumWithoutPseudoHeader: configuration.checksumWithoutPseudoHeader,
      skipAddressCheck,
      ownerIgnoreAdverts: configuration.ownerIgnoreAdverts,
      ownSource,
    });
    this.#judged.remember({ received, configuration, ownSource, skipAddressCheck, verdict });
    return verdict;
  }

  sendAdvertisement(priority: number): void {
    const source = this.machine.source;
    if (source === undefined) return;
    const { destination } = this.#configuration;
    if (destination.type === 'multicast') this.#send(source, destination.group, priority);
    else if (destination.type === 'unicast') {
      for (const { address } of destination.peers) this.#send(source, address, priority);
    }
    this.counters.advertisementsSent++;
    if (priority === 0) this.counters.priorityZeroSent++;
  }

  #send(source: IpAddress, to: IpAddress, priority: number): void {
    this.#around.out.push(this.#sent.packet(this.#configuration, this.channelKey, source, to, priority));
  }

  sendFailed(channel: string, error: string): void {
    if (channel !== this.channelKey) return;
    this.#sayOnce('send-failed', () => line(`(${this.name}) cannot send advertisements: ${error}`, 'error'));
  }

  /** Everything a transition means for addresses and announcements. */
  entered(now: Instant, state: 'initialize' | 'backup' | 'master' | 'fault'): void {
    this.lastTransitionAt = now;
    this.#around.touched.add(this);
    this.#said.clear();
    if (state === 'master') {
      this.counters.becameMaster++;
      this.announcements.becameMaster(now);
      this.#lost = undefined;
      this.#givingUp = false;
      this.#sayPossessions('setting');
      this.possessions.want(true);
      // Addresses that are there already (an owner's, or left over) are not added, so they are announced here.
      this.announce(now, this.#present(), this.#configuration.garp.masterRepeat);
      return;
    }
    if (this.holding.wanted) {
      this.counters.releasedMaster++;
      this.announcements.leftMaster();
      this.#reassertAgain = undefined;
      this.#around.queue.withdraw(this);
      this.#lost = undefined;
    }
    if (!this.#givingUp && (this.possessions.anyPresent || this.possessions.wanted)) this.#sayPossessions('removing');
    this.#givingUp = true;
    this.possessions.want(false);
    this.#retryAt = undefined;
  }

  /**
   * What an earlier life left behind is taken away before anything is decided, and before any delay: another machine
   * may hold it by now. keepalived says so even if there is nothing. False for an owner, whose addresses stay.
   */
  giveUpLeftovers(): boolean {
    if (this.#configuration.priority === 255) return false;
    this.#sayPossessions('removing');
    this.#givingUp = true;
    return true;
  }

  /** "(NAME) setting VIPs." tells who reads the log that a master went through the reload. */
  sayReloaded(): void {
    if (this.machine.state.type !== 'master' || !this.possessions.busy) return;
    this.say(line(`(${this.name}) setting VIPs.`));
  }

  reassert(now: Instant): void {
    this.#around.touched.add(this);
    const burst = this.announcements.reassert(now);
    if (burst) this.#burst(now, burst.repeat);
  }

  /** One at a time: a peer that keeps sending must not make the queue grow. Repetitions that wait become part of it. */
  #burst(now: Instant, repeat: number): void {
    const { queue } = this.#around;
    const isBusy = queue.isFirstWaiting(this);
    this.#reassertAgain = isBusy ? { at: after(now, burstPoll), repeat } : undefined;
    if (isBusy) return;
    const times = Math.max(repeat, queue.timesWaiting(this));
    queue.withdraw(this);
    this.announce(now, this.#present(), times);
  }

  /** The kernel answered for this instance's part of a batch. */
  settle(now: Instant, work: Work, errors: ReadonlyMap<number, string>): void {
    const { added, refused } = this.possessions.settle(work, errors);
    for (const text of refused) this.#sayOnce(text, () => line(`(${this.name}) ${text}`, 'error'));
    this.#around.touched.add(this);
    if (this.possessions.anyRefused && this.possessions.wanted) this.#retryAt = after(now, retryDelay);
    if (this.possessions.wanted && added.length > 0) this.announce(now, added, this.#configuration.garp.masterRepeat);
  }

  announce(now: Instant, requests: readonly AddressRequest[], repeat: number): void {
    const announcements: Announcement[] = [];
    for (const { linkIndex, address } of requests) {
      const link = this.#around.network.link(linkIndex);
      if (!link || link.mac === undefined || (link.noArp && familyOf(address) === 4)) continue;
      announcements.push({ linkIndex, address, owner: this });
      if (!this.#around.detail) continue;
      const what = familyOf(address) === 4 ? 'gratuitous ARPs' : 'Unsolicited Neighbour Adverts';
      this.say(detailLine(`(${this.name}) Sending/queueing ${what} on ${link.name} for ${address}`));
    }
    this.#around.queue.enqueue(now, announcements, repeat);
  }

  /** The interface is back: unicast peers and routers may have to learn anew where our own address is. */
  announceSource(now: Instant): void {
    const { linkIndex } = this;
    const { source } = this.machine;
    if (this.#configuration.destination.type !== 'unicast' || linkIndex === undefined || source === undefined) return;
    if (this.#around.network.link(linkIndex)?.mac === undefined) return;
    this.#around.queue.enqueue(now, [{ linkIndex, address: source, owner: this }], 1);
  }

  /** Somebody else took an address of ours away. */
  lost(now: Instant, { address, linkIndex }: AddressRequest): void {
    if (!this.#virtualAddress(address)?.noTrack) this.#lose(now, { text: `address ${address}`, linkIndex });
  }

  /** Whether it was taken away a moment ago, and nobody has judged that yet. */
  isLost({ linkIndex, address }: Announcement): boolean {
    return (
      this.#lost?.entries.some(each => each.linkIndex === linkIndex && each.text === `address ${address}`) ?? false
    );
  }

  /** Somebody else may have taken a route or a rule of ours away. */
  routingRemoved(now: Instant, kind: 'route' | 'rule', key: string): void {
    const lost = this.possessions.routingRemoved(kind, key);
    if (lost) this.#lose(now, lost);
  }

  #lose(now: Instant, lost: Loss): void {
    this.#around.touched.add(this);
    const { judgeAt, entries } = this.#lost ?? { judgeAt: after(now, lossJudgementDelay), entries: [] };
    this.#lost = { judgeAt, entries: [...entries, lost] };
  }

  /** Whether something is really lost, not gone with its interface: the machine is to be told. */
  judgeLoss(now: Instant): boolean {
    if (!this.#lost || this.#lost.judgeAt > now) return false;
    const { network } = this.#around;
    const lost = this.#lost.entries.filter(
      ({ linkIndex: on }) => on === undefined || network.link(on)?.adminUp === true,
    );
    this.#lost = undefined;
    for (const { text } of lost) this.say(line(`(${this.name}) ${text} was removed by another program`, 'warning'));
    return lost.length > 0;
  }

  #present(): readonly AddressRequest[] {
    return this.holding.present;
  }

  #sayPossessions(verb: 'setting' | 'removing'): void {
    for (const each of possessionLines(this.#configuration, verb)) this.say(each);
  }

  #sayOnce(what: string, logLine: () => LogLine): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.say(logLine());
  }

  #virtualAddress(address: IpAddress): VirtualAddress | undefined {
    const { addresses, excludedAddresses } = this.#configuration;
    return [...addresses, ...excludedAddresses].find(other => other.address === address);
  }
}

/** Receiving is shared by all instances of a family on an interface. */
export function channelKey({
  family,
  interface: name,
}: Pick<VirtualRouterConfiguration, 'family' | 'interface'>): string {
  return `${family}:${name ?? '*'}`;
}

/** Whether this instance, rather than another with the same VRID, is meant by a packet. */
export function isMeant(configuration: VirtualRouterConfiguration, source: IpAddress, destination: IpAddress): boolean {
  const expected = configuration.destination;
  switch (expected.type) {
    case 'multicast':
      return destination === expected.group;
    case 'unicast':
      return !isMulticast(destination) && expected.peers.some(({ address }) => address === source);
    case 'no-peer':
      return false;
  }
}
