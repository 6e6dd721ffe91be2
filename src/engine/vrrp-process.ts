import { seconds } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import { advertisedVrid } from '../packet/vrrp-advertisement.ts';
import type { InterfaceAddress } from '../ports/network.ts';
import type { Engine, VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { AnnouncementQueue } from '../vrrp/announcement-queue.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { newCounters } from '../vrrp/counters.ts';
import {
  eventLine,
  formatSeconds,
  gaveUpLine,
  groupLine,
  isWaiting,
  type LogLine,
  line,
  transitionLine,
  unknownVridLine,
} from '../vrrp/log-lines.ts';
import type { RouterEffect, RouterInput } from '../vrrp/virtual-router.ts';
import { Addressees, StrayPackets } from './addressee.ts';
import { announcementFrames } from './announcement-frames.ts';
import { AnnouncementPacing } from './announcement-pacing.ts';
import { Channels } from './channels.ts';
import { type Phase, type ProcessParts, restoreParts, saveParts, type VrrpCheckpoint } from './checkpoint.ts';
import { Deadlines } from './deadlines.ts';
import { agreesToTakeOver, formGroups, type Group, isFaulty } from './group.ts';
import { Holdings } from './holdings.ts';
import { Instance, type Surroundings } from './instance.ts';
import { linkNews } from './kernel-notices.ts';
import { NetworkView } from './network-view.ts';
import { Notifications, notifiedStates } from './notifications.ts';
import { setPromotion } from './promoted-links.ts';
import { groupedNames, reloadInstances } from './reload.ts';
import { Tracked, type TrackedNews } from './tracked.ts';
import { judgeTracked, keepCauses } from './tracked-state.ts';
import { Touched, takeOut } from './turn.ts';

/** Frames handed out at once; more would keep adverts waiting. */
const framesPerTurn = 64;
/** Stop scripts get this long. */
const stopGrace = seconds(1);

export interface VrrpProcessOptions {
  /** Whether anybody reads detail lines. */
  readonly detail: boolean;
  /** SO_RCVBUF of the VRRP sockets in bytes; undefined leaves the kernel's default. */
  readonly receiveBufferBytes: number | undefined;
}

/**
 * The VRRP side of the daemon: all virtual routers of one machine, their sync groups, trackers and addresses. Pure: it
 * runs alike over the kernel and in the simulator.
 */
export class VrrpProcess implements Engine<VrrpInput, VrrpEffect> {
  /** What reached no instance. */
  strayPackets = new StrayPackets();
  readonly network = new NetworkView();
  readonly #queue: AnnouncementQueue;
  readonly tracked: Tracked;
  readonly #channels: Channels;
  readonly #deadlines = new Deadlines<Instance>();
  readonly #touched = new Touched<Instance>();
  readonly #around: Surroundings;
  readonly #out: VrrpEffect[] = [];
  readonly #notifications: Notifications;
  readonly #holdings: Holdings;

  #configuration: VrrpConfiguration;
  #instances: readonly Instance[] = [];
  #groups: readonly Group[] = [];
  #groupOf = new Map<Instance, Group>();
  #addressees = new Addressees([]);
  /** Removed by a reload, still giving up addresses. */
  #leaving: Instance[] = [];
  #lastRun = 0;
  #phase: Phase = 'waiting-for-network';
  #startAt: Instant | undefined;
  #stopBy: Instant | undefined;

  constructor(configuration: VrrpConfiguration, options: VrrpProcessOptions) {
    this.#configuration = configuration;
    this.#queue = new AnnouncementQueue(new AnnouncementPacing(this.network, configuration));
    const allocateRun = (): number => ++this.#lastRun;
    this.tracked = new Tracked(allocateRun);
    this.#notifications = new Notifications(allocateRun, this.#out, () => this.#configuration);
    this.#channels = new Channels(options.receiveBufferBytes);
    this.#holdings = new Holdings(this.network, this.#out);
    const { detail } = options;
    this.#around = { network: this.network, queue: this.#queue, out: this.#out, touched: this.#touched, detail };
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  get groups(): readonly Group[] {
    return this.#groups;
  }

  get configuration(): VrrpConfiguration {
    return this.#configuration;
  }

  get phase(): Phase {
    return this.#phase;
  }

  handle(now: Instant, input: VrrpInput): readonly VrrpEffect[] {
    switch (input.type) {
      case 'packet-received':
        this.#receive(now, input);
        break;
      case 'addresses-changed':
      case 'routing-changed':
      case 'routing-removed':
        this.#holdings.told(now, this.#instances, input);
        break;
      case 'script-ended':
      case 'bfd-state':
      case 'file-value':
      case 'process-count':
        this.#tell(now, input);
        break;
      case 'resynchronised':
        this.network.resynchronise(input.links, input.addresses, input.forwardingLinks);
        if (this.#phase === 'waiting-for-network') this.#begin(now);
        else this.#resynchronise(now);
        break;
      case 'link-changed':
        this.#log(linkNews(this.#instances, this.network, input.link));
        this.#holdings.setLink(this.#instances, input.link);
        this.#linksChanged(now);
        break;
      case 'link-removed':
        this.network.removeLink(input.index);
        this.#linksChanged(now);
        break;
      case 'address-added':
      case 'address-removed':
        this.#addressChanged(now, input.address, input.type === 'address-added');
        break;
      case 'send-failed':
        for (const instance of this.#instances) instance.sendFailed(input.channel, input.error);
        break;
      case 'channel-failed':
        this.#channels.failed(now, input.channel);
        this.#log(line(`Cannot receive on ${input.channel}: ${input.error}`, 'error'));
        break;
      case 'packet-malformed':
        this.#log(this.strayPackets.broken(input.channel, input.reason));
        break;
    }
    return this.#finish(now);
  }

  advance(now: Instant): readonly VrrpEffect[] {
    if (this.#phase === 'delayed' && this.#startAt !== undefined && this.#startAt <= now) this.#run(now);
    // Adverts and elections first: whatever else is due is never more urgent.
    const due = this.#deadlines.due(now);
    for (const instance of due) this.#apply(now, instance, instance.advanceMachine(now));
    for (const instance of due) {
      if (instance.judgeLoss(now)) this.#feed(now, instance, { type: 'address-lost' });
      if (instance.advance(now)) this.#holdings.touch(instance);
    }
    this.#holdings.advance(now);
    this.#channels.retry(now, this.#out);
    if (this.#phase === 'running' && this.tracked.advance(now, this.#out)) this.#evaluateAll(now);
    return this.#finish(now);
  }

  nextDeadline(): Instant | undefined {
    let deadline = earliest(earliest(this.#startAt, this.#stopBy), this.#holdings.nextDeadline());
    deadline = earliest(deadline, this.#deadlines.earliest);
    if (this.#phase === 'running') deadline = earliest(deadline, this.tracked.nextDeadline());
    return earliest(earliest(deadline, this.#queue.nextDeadline()), this.#channels.nextDeadline());
  }

  /** Gives every mastership up, removes the addresses, runs the stop scripts; `stopped` follows when all is done. */
  stop(now: Instant): readonly VrrpEffect[] {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return [];
    const wasRunning = this.#phase === 'running';
    this.#phase = 'stopping';
    this.#startAt = undefined;
    this.#stopBy = after(now, stopGrace);
    this.tracked.stop(this.#out);
    // All the adverts before any address: the peers' clocks start with the advert.
    for (const instance of this.#instances) this.#feed(now, instance, { type: 'shutdown' });
    for (const instance of this.#instances) {
      instance.entered(now, 'initialize');
      this.#holdings.touch(instance);
      if (wasRunning) this.#notifications.instance(instance, 'STOP');
    }
    for (const group of this.#groups) if (wasRunning) this.#notifications.group(group, 'STOP');
    return this.#finish(now);
  }

  /**
   * Goes over to a checked configuration without giving up what stays: instances keep state, counters and addresses,
   * scripts their verdicts. No notification is repeated.
   */
  reload(now: Instant, configuration: VrrpConfiguration): readonly VrrpEffect[] {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return [];
    this.#configuration = configuration;
    this.#queue.reconfigure(new AnnouncementPacing(this.network, configuration));
    if (this.#phase === 'waiting-for-network') return this.#finish(now);
    // A long reload must not look like silence to the peers.
    for (const instance of this.#instances) {
      if (instance.machine.state.type === 'master') instance.sendAdvertisement(instance.machine.priority);
    }
    this.#holdings.configure(configuration);
    const { instances, removed, claimed } = reloadInstances(now, this.#instances, configuration, this.#around);
    for (const instance of removed) this.#dismiss(now, instance, claimed);
    this.#instances = instances;
    this.#deadlines.clear();
    for (const instance of instances) {
      this.#holdings.touch(instance);
      this.#touched.add(instance);
    }
    this.#leaving.push(...removed);
    this.#regroup();
    this.tracked.configure(now, configuration, true, this.#out);
    this.#openChannels();
    setPromotion(this.#instances, true, this.#out);
    if (this.#phase === 'running') {
      this.#evaluateAll(now);
      for (const group of this.#groups) this.#reconcile(now, group);
    }
    this.#notifications.reloaded(this.#instances, this.#groups);
    return this.#finish(now);
  }

  clearCounters(): void {
    for (const instance of this.#instances) instance.counters = newCounters();
    this.strayPackets = new StrayPackets();
  }

  /** All there is, as plain data, between two turns: a process restored from it goes on exactly as this one. */
  checkpoint(): VrrpCheckpoint {
    return {
      phase: this.#phase,
      startAt: this.#startAt,
      stopBy: this.#stopBy,
      lastRun: this.#lastRun,
      ...saveParts(this.#parts, { instances: this.#instances, leaving: this.#leaving, groups: this.#groups }),
    };
  }

  static restore(saved: VrrpCheckpoint, options: VrrpProcessOptions): VrrpProcess {
    const restored = new VrrpProcess(saved.configuration, options);
    const { instances, leaving } = restoreParts(saved, restored.#parts, restored.#around);
    restored.#instances = instances;
    restored.#leaving = [...leaving];
    restored.#phase = saved.phase;
    restored.#startAt = saved.startAt;
    restored.#stopBy = saved.stopBy;
    restored.#lastRun = saved.lastRun;
    if (instances.length > 0) restored.#regroup();
    for (const [place, group] of restored.#groups.entries()) group.state = saved.groupStates[place]!;
    return restored;
  }

  get #parts(): ProcessParts {
    return {
      configuration: this.#configuration,
      strayPackets: this.strayPackets,
      network: this.network,
      queue: this.#queue,
      tracked: this.tracked,
      channels: this.#channels,
      notifications: this.#notifications,
      holdings: this.#holdings,
      deadlines: this.#deadlines,
    };
  }

  #begin(now: Instant): void {
    this.#notifications.configured();
    this.#holdings.configure(this.#configuration);
    const grouped = groupedNames(this.#configuration);
    this.#instances = this.#configuration.instances.map(
      configuration => new Instance(configuration, grouped.has(configuration.name), this.#around),
    );
    this.#regroup();
    this.#openChannels();
    setPromotion(this.#instances, true, this.#out);
    for (const instance of this.#instances) if (instance.giveUpLeftovers()) this.#holdings.touch(instance);
    const delay = this.#configuration.global.startupDelay;
    if (delay > 0) {
      this.#log(line(`Delaying startup for ${formatSeconds(delay)}`));
      this.#phase = 'delayed';
      this.#startAt = after(now, delay);
      return;
    }
    this.#run(now);
  }

  #run(now: Instant): void {
    this.#phase = 'running';
    this.#startAt = undefined;
    this.tracked.configure(now, this.#configuration, false, this.#out);
    this.#evaluateAll(now);
    if (this.tracked.advance(now, this.#out)) this.#evaluateAll(now);
  }

  #tell(now: Instant, news: TrackedNews): void {
    if (news.type === 'script-ended') this.#notifications.ended(news.run);
    if (this.tracked.told(now, news, this.#instances, this.#groups, this.#out)) this.#evaluateAll(now);
  }

  #regroup(): void {
    this.#groups = formGroups(this.#configuration.syncGroups, this.#instances, this.#groups);
    this.#addressees = new Addressees(this.#instances);
    this.#groupOf = new Map(this.#groups.flatMap(group => group.members.map(member => [member, group] as const)));
  }

  #openChannels(): void {
    this.#channels.configure(
      this.#instances.map(instance => instance.configuration),
      this.network,
      this.#out,
    );
  }

  #linksChanged(now: Instant): void {
    if (this.#phase === 'waiting-for-network') return;
    this.#openChannels();
    this.#holdings.followLinks(this.#instances);
    if (this.#phase === 'running') this.#evaluateAll(now);
  }

  #addressChanged(now: Instant, address: InterfaceAddress, added: boolean): void {
    if (added) this.network.addAddress(address);
    else this.network.removeAddress(address);
    if (this.#phase === 'waiting-for-network') return;
    const virtual = this.#holdings.addressChanged(now, this.#instances, address, added);
    if (!virtual && this.#phase === 'running') this.#evaluateAll(now);
  }

  /** Notices were lost: compare what we believe with what there is. */
  #resynchronise(now: Instant): void {
    this.#log(line('The kernel dropped network notices: compared everything with a fresh dump', 'warning'));
    this.#holdings.newsLost(now, this.#instances);
    this.#linksChanged(now);
  }

  #receive(now: Instant, packet: VrrpInput & { type: 'packet-received' }): void {
    if (this.#phase !== 'running') return;
    const vrid = advertisedVrid(packet.payload);
    const instance = this.#addressees.find(packet, vrid);
    if (instance) {
      const input = instance.judge(packet);
      if (input) this.#feed(now, instance, input);
      return;
    }
    const isNews = this.strayPackets.isNews(packet.channel, packet.source, vrid);
    if (!isNews || !this.#configuration.global.logUnknownVrids) return;
    const name = this.network.link(packet.linkIndex)?.name ?? packet.channel;
    this.#log(unknownVridLine(vrid, name, packet.source));
  }

  /** Gives the machine an input and carries out what it answers. */
  #feed(now: Instant, instance: Instance, input: RouterInput): void {
    this.#apply(now, instance, instance.feed(now, input));
  }

  #apply(now: Instant, instance: Instance, effects: readonly RouterEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'advertise':
          instance.sendAdvertisement(effect.priority);
          break;
        case 'event':
          instance.say(eventLine(instance.name, effect.event));
          this.#notifications.happened(instance, this.#groupOf.get(instance), effect.event);
          break;
        case 'reassert':
          for (const member of this.#groupOf.get(instance)?.members ?? [instance]) {
            if (member.machine.state.type === 'master') member.reassert(now);
          }
          break;
        case 'wants-master':
          this.#considerTakeOver(now, instance);
          break;
        case 'transition':
          this.#transition(now, instance, effect);
          break;
      }
    }
  }

  #considerTakeOver(now: Instant, instance: Instance): void {
    const group = this.#groupOf.get(instance);
    if (!group || !agreesToTakeOver(group)) return;
    this.#log(groupLine(group.configuration.name, 'MASTER'));
    group.state = 'MASTER';
    for (const member of group.members) this.#feed(now, member, { type: 'take-over' });
    this.#notifications.group(group, 'MASTER');
  }

  #transition(now: Instant, instance: Instance, effect: RouterEffect & { type: 'transition' }): void {
    const { to, initial, gaveUp } = effect;
    if (to === 'initialize') {
      if (gaveUp) instance.say(gaveUpLine(instance.name));
      return;
    }
    const group = this.#groupOf.get(instance);
    const state = notifiedStates[to];
    const follows = group !== undefined && group.state !== state && state !== 'MASTER';
    if (follows) {
      group.state = state;
      if (!initial) this.#log(groupLine(group.configuration.name, state));
      this.#notifications.group(group, state);
    }
    instance.say(transitionLine(instance.name, to, initial));
    if (gaveUp) instance.say(gaveUpLine(instance.name));
    instance.entered(now, to);
    this.#holdings.touch(instance);
    this.#notifications.instance(instance, state);
    // Any member leaving MASTER takes the others along.
    if (group && to === 'backup') {
      for (const member of group.members) {
        if (member !== instance) this.#feed(now, member, { type: 'yield', givingUp: gaveUp });
      }
    }
  }

  /** After a reload: a member that joined a group of masters follows them. */
  #reconcile(now: Instant, group: Group): void {
    if (isFaulty(group) || !group.members.some(({ machine }) => machine.state.type === 'master')) return;
    for (const member of group.members) this.#feed(now, member, { type: 'take-over' });
    group.state = 'MASTER';
  }

  #dismiss(now: Instant, instance: Instance, claimed: ReadonlySet<string>): void {
    this.#feed(now, instance, { type: 'shutdown' });
    instance.entered(now, 'initialize');
    instance.possessions.forget(claimed);
    this.#holdings.touch(instance);
    this.#notifications.removed(instance);
  }

  /** Looks at everything tracked and moves priorities and FAULT accordingly. */
  #evaluateAll(now: Instant): void {
    if (this.#phase !== 'running') return;
    for (const instance of this.#instances) this.#evaluate(now, instance);
    for (const instance of this.#instances) this.#settleFault(now, instance);
  }

  #evaluate(now: Instant, instance: Instance): void {
    const group = this.#groupOf.get(instance)?.configuration;
    const verdict = judgeTracked(instance, group, this.network, this.tracked);
    const { source, priority, causes } = verdict;
    if (source !== instance.machine.source) this.#feed(now, instance, { type: 'source-changed', source });
    this.#feed(now, instance, { type: 'priority-changed', priority });
    keepCauses(instance, causes);
  }

  #settleFault(now: Instant, instance: Instance): void {
    const group = this.#groupOf.get(instance);
    const causes = group ? group.members.flatMap(member => member.causes) : instance.causes;
    const { state } = instance.machine;
    if (causes.length === 0) {
      this.#feed(now, instance, state.type === 'initialize' ? { type: 'startup' } : { type: 'recovered' });
      if (state.type === 'fault') instance.announceSource(now);
      return;
    }
    // Before the first result of a script nothing is known: neither backup nor fault is told to anybody.
    if (causes.every(isWaiting)) return;
    this.#feed(now, instance, { type: 'fault' });
  }

  #log(logLine: LogLine | undefined): void {
    if (logLine && (!logLine.detail || this.#around.detail)) this.#out.push({ type: 'log', ...logLine });
  }

  /** What every turn ends with: the next batch, waiting frames, and whether a stop is through. */
  #finish(now: Instant): readonly VrrpEffect[] {
    this.#holdings.batches.pump(this.#out);
    announcementFrames(this.#queue.take(now, framesPerTurn), this.network, this.#around.detail, this.#out);
    if (this.#leaving.length > 0) this.#leaving = this.#leaving.filter(instance => instance.possessions.busy);
    for (let moved = this.#touched.takeOne(); moved; moved = this.#touched.takeOne()) {
      this.#deadlines.set(moved, moved.nextDeadline());
    }
    this.#concludeStop(now);
    return takeOut(this.#out);
  }

  #concludeStop(now: Instant): void {
    if (this.#phase !== 'stopping') return;
    if (this.#stopBy !== undefined && this.#stopBy <= now) this.#notifications.abandon();
    if (this.#notifications.running === 0) this.#stopBy = undefined;
    if (!this.#holdings.givenUp(this.#out) || this.#notifications.running > 0) return;
    this.#phase = 'stopped';
    this.#channels.closeAll(this.#out);
    setPromotion(this.#instances, false, this.#out);
    this.#out.push({ type: 'stopped' });
  }
}
