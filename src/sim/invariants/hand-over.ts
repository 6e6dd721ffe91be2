import { type Duration, milliseconds, plus, seconds } from '../../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../../base/instant.ts';
import type { Observation } from '../observation.ts';
import type { World } from '../world.ts';
import { linkOf, type Member, speakSameLanguage } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** What a hand-over takes beyond the skew time: delivery, a late timer, the kernel. */
const handOverSlack = milliseconds(50);
/** Skew times that are closer together than this may expire in either order. */
const orderSlack = milliseconds(20);

/** Who takes over when: after priority 0 within the skew time, never from a healthy better master, the best one first. */
export class HandOver implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  /** By virtual router: who advertised last, and when a master gave up last. */
  readonly #lastSpeaker = new Map<string, { readonly member: Member; readonly at: Instant }>();
  readonly #gaveUpAt = new Map<string, Instant>();
  readonly #takenOverAt = new Map<string, Instant>();
  readonly #wasSpeaking = new Set<Member>();
  #interferences = 0;
  /** By node, and by `node instance`: when it last did something that starts its timers anew. */
  readonly #movedAt = new Map<string, Instant>();

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
  }

  observe(now: Instant, seen: Observation): void {
    const { view } = this.#quiet;
    // That a process that was asked to stop is gone is no news.
    const isNews = seen.type === 'disturbance' || (seen.type === 'life' && !seen.event.startsWith('process-stop'));
    if (isNews) this.#interferences++;
    if (seen.type === 'life') {
      this.#movedAt.set(seen.node, now);
      // Who is asked to stop has to say so, whether it does or not.
      if (seen.event === 'process-stopping') {
        for (const member of view.ofNode(seen.node)) if (member.speaksSince !== undefined) this.#gaveUp(now, member);
      }
    } else if (seen.type === 'state') this.#movedAt.set(`${seen.node} ${seen.instance}`, now);
    else if (seen.type === 'advertisement-sent') {
      const member = view.ofNode(seen.node).find(other => other.advertisedAt === now && isOf(other, seen));
      if (!member) return;
      if (seen.priority === 0) this.#gaveUp(now, member);
      else if (!this.#wasSpeaking.has(member)) this.#tookOver(now, member);
    }
    for (const member of this.#wasSpeaking) {
      if (member.speaksSince === undefined) {
        this.#wasSpeaking.delete(member);
        this.#lastSpeaker.set(member.router, { member, at: member.advertisedAt });
      }
    }
  }

  #gaveUp(now: Instant, member: Member): void {
    const repeated = this.#gaveUpAt.get(member.router) === now;
    this.#gaveUpAt.set(member.router, now);
    const { view, unreliable } = this.#quiet;
    if (unreliable || repeated) return;
    let skew: Duration | undefined;
    for (const other of view.ofRouter(member.router)) {
      if (other === member || !this.#maySucceed(now, other, member)) continue;
      // A group waits for the slowest of its members.
      const together = other.group
        ? view.ofNode(other.node.name).filter(sibling => sibling.group === other.group)
        : [other];
      const own = Math.max(
        ...together.map(one => skewOf(one, view.priorityOf(one), view.interval(one.router))),
      ) as Duration;
      if (skew === undefined || own < skew) skew = own;
    }
    if (skew === undefined) return;
    this.#expectSuccessor(now, member, skew, false);
  }

  /** `isLast`: whoever had the last word has had its time, too. */
  #expectSuccessor(gaveUpAt: Instant, member: Member, span: Duration, isLast: boolean): void {
    const { view } = this.#quiet;
    const interferences = this.#interferences;
    const since = this.#world.now;
    this.#world.after(plus(span, handOverSlack), () => {
      if (this.#interferences !== interferences) return;
      // Several may have taken over at once, and given way to each other: others judge that.
      if ((this.#takenOverAt.get(member.router) ?? 0) > gaveUpAt) return;
      const others = view.ofRouter(member.router).filter(other => other !== member);
      if (others.some(other => other.speaksSince !== undefined) || member.speaksSince !== undefined) return;
      // A loser that yields to the one that gives up speaks once more, and the others believe it: its own skew time counts.
      const lastWord = others.filter(other => other.advertisedAt >= gaveUpAt);
      if (lastWord.length > 0 && !isLast) {
        const skews = lastWord.map(other => skewOf(other, view.priorityOf(other), view.interval(other.router)));
        const rest = Math.max(0, ...skews, span) - (this.#world.now - since - handOverSlack);
        this.#expectSuccessor(gaveUpAt, member, Math.max(0, rest) as Duration, true);
        return;
      }
      this.#report(
        'priority-zero-hand-over',
        `${member.router}: nobody took over within the skew time after ${member.node.name} gave up`,
      );
    });
  }

  /** A backup that hears the master give up, and whose group waits for nothing else. */
  #maySucceed(now: Instant, other: Member, gaveUp: Member): boolean {
    const { view } = this.#quiet;
    if (!view.isEligible(other) || view.fitAt(other.node) > now || !view.hears(other, gaveUp)) return false;
    if (other.speaksSince !== undefined) return false;
    const { group } = other;
    if (!group) return true;
    return view
      .ofNode(other.node.name)
      .filter(sibling => sibling.group === group)
      .every(sibling =>
        view.ofRouter(sibling.router).every(third =>
          // All of it must have been given up, and heard to be.
          third.node === gaveUp.node
            ? view.hears(sibling, third)
            : third.speaksSince === undefined || third === sibling,
        ),
      );
  }

  #tookOver(now: Instant, member: Member): void {
    this.#wasSpeaking.add(member);
    this.#takenOverAt.set(member.router, now);
    const { view, unreliable } = this.#quiet;
    if (unreliable) return;
    for (const other of view.ofRouter(member.router)) {
      if (other !== member) this.#judgePreemption(now, member, other);
    }
    this.#judgeOrder(now, member);
  }

  /** Whoever has heard a healthy master just now may take over only if it is better and preempts. */
  #judgePreemption(now: Instant, member: Member, master: Member): void {
    const { view, disturbedAt } = this.#quiet;
    if (master.speaksSince === undefined || master.holdsSince === undefined || !master.node.responsive) return;
    if (!view.hears(member, master) || view.isEligible(member) === false) return;
    const knowsSince = Math.max(disturbedAt, view.readyAt(member.node), master.speaksSince);
    const interval = master.configuration.advertisementInterval;
    // An advert that left just now may still be on its way: only a whole interval is sure to have brought one.
    if (now - knowsSince <= interval + 2 * orderSlack || now - master.advertisedAt > interval + orderSlack) return;
    if ((this.#gaveUpAt.get(member.router) ?? instantFromMicroseconds(-1)) > knowsSince) return;
    const { preempt, priority, preemptDelay } = member.configuration;
    const who = `${member.router}: ${member.node.name} took over from ${master.node.name}`;
    const numbers = `${member.advertisedPriority} to ${master.advertisedPriority}`;
    if (!preempt && priority !== 255) this.#report('no-preemption', `${who} although it has nopreempt (${numbers})`);
    else if (member.advertisedPriority <= master.advertisedPriority) {
      this.#report('no-preemption', `${who}, which is no worse (${numbers})`);
    } else if (after(member.node.startedAt, plus(preemptDelay, milliseconds(-100) as Duration)) > now) {
      this.#report('no-preemption', `${who} before its preempt_delay had passed`);
    }
  }

  #lastMove({ node, configuration }: Member): Instant {
    const own = this.#movedAt.get(`${node.name} ${configuration.name}`) ?? 0;
    return Math.max(own, this.#movedAt.get(node.name) ?? 0) as Instant;
  }

  /** Of several backups that lost the same master, the one with the shorter skew time is first. */
  #judgeOrder(now: Instant, member: Member): void {
    const { view, disturbedBefore } = this.#quiet;
    const last = this.#lastSpeaker.get(member.router);
    if (!last || last.member === member || member.group || member.configuration.preemptDelay > 0) return;
    const knew = (other: Member): boolean =>
      view.isEligible(other) &&
      !other.group &&
      disturbedBefore < last.at &&
      this.#lastMove(other) < last.at &&
      // Neither waits for a script's verdict, nor has ceased to understand the master before it was gone.
      view.fitAt(other.node) < last.at &&
      speakSameLanguage(other.configuration, last.member.configuration);
    const members = view.ofRouter(member.router);
    if (members.some(other => other !== member && other.speaksSince !== undefined)) return;
    if (linkOf(member.node, member.configuration)?.segment.anyCut || !knew(member)) return;
    const interval = view.interval(member.router);
    for (const other of members) {
      if (other === member || other === last.member || other.speaksSince !== undefined || !knew(other)) continue;
      if (other.configuration.preemptDelay > 0 || other.holdsSince !== undefined) continue;
      if (other.configuration.downTimerAdverts !== member.configuration.downTimerAdverts) continue;
      const ours = skewOf(member, view.priorityOf(member), interval);
      const theirs = skewOf(other, view.priorityOf(other), interval);
      if (now - last.at < 2 * interval && this.#gaveUpAt.get(member.router) !== last.at) continue;
      if (ours - theirs <= orderSlack + seconds(0.0005) * inIntervals(now, last.at, interval)) continue;
      this.#report(
        'best-backup-first',
        `${member.router}: ${member.node.name} was faster than ${other.node.name}, which has the higher priority`,
      );
    }
  }
}

function inIntervals(now: Instant, then: Instant, interval: Duration): number {
  return Math.min(10, (now - then) / interval);
}

/** Skew_Time of RFC 9568 6.1 and RFC 3768 6.1. */
function skewOf({ configuration: { version } }: Member, priority: number, interval: Duration): Duration {
  return (((256 - priority) * (version === 3 ? interval : seconds(1))) / 256) as Duration;
}

function isOf(member: Member, seen: Observation & { type: 'advertisement-sent' }): boolean {
  return member.configuration.vrid === seen.vrid && member.configuration.family === seen.family;
}
