import { milliseconds, plus } from '../../base/duration.ts';
import { after, type Instant } from '../../base/instant.ts';
import { compareIpAddresses } from '../../base/ip-address.ts';
import type { World } from '../world.ts';
import { type Member, speakSameLanguage } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** What delivery, late timers and the kernel take on top of the protocol's own times. */
export const slack = milliseconds(350);

/** A condition that must not last. */
interface Trouble {
  since: Instant;
  checkAt: Instant | undefined;
}

/** No two masters that hear each other, and a master wherever somebody could be one. */
export class Mastership implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  readonly #duals = new Map<string, Trouble>();
  readonly #orphans = new Map<Member, Trouble>();

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
  }

  reconsider(now: Instant): void {
    const { view } = this.#quiet;
    for (const members of view.routers.values()) {
      for (const stronger of members) {
        for (const weaker of members) if (stronger !== weaker) this.#lookAtPair(now, stronger, weaker);
      }
    }
    for (const member of view.members) this.#lookForMaster(now, member);
  }

  #lookAtPair(now: Instant, stronger: Member, weaker: Member): void {
    const key = `${stronger.router} ${stronger.node.name} ${weaker.node.name}`;
    if (!this.#mustYield(stronger, weaker)) {
      this.#duals.delete(key);
      return;
    }
    const trouble = this.#duals.get(key) ?? { since: now, checkAt: undefined };
    this.#duals.set(key, trouble);
    const { view } = this.#quiet;
    const bound = plus(view.interval(stronger.router), slack);
    this.#checkLater(
      trouble,
      () => after(this.#start(trouble, stronger, weaker), bound),
      () => {
        if (this.#duals.get(key) !== trouble || !this.#mustYield(stronger, weaker)) return true;
        if (after(this.#start(trouble, stronger, weaker), bound) > this.#world.now || this.#quiet.unreliable)
          return false;
        this.#report(
          'one-master',
          `${stronger.router}: ${weaker.node.name} holds the addresses beside ${stronger.node.name}, which it hears`,
        );
        return true;
      },
    );
  }

  #start(trouble: Trouble, ...members: readonly Member[]): Instant {
    const { view, disturbedAt } = this.#quiet;
    return Math.max(trouble.since, disturbedAt, ...members.map(({ node }) => view.readyAt(node))) as Instant;
  }

  /** Both hold the addresses and work, the weaker one hears the stronger one. */
  #mustYield(stronger: Member, weaker: Member): boolean {
    if (stronger.holdsSince === undefined || weaker.holdsSince === undefined) return false;
    if (!stronger.node.responsive || !weaker.node.responsive) return false;
    if (stronger.speaksSince === undefined) return false;
    const { view } = this.#quiet;
    if (!view.isEligible(stronger) || !view.isEligible(weaker)) return false;
    // A group's other members may have to wait for one that hears nobody; judged each on its own.
    return view.hears(weaker, stronger) && beats(stronger, weaker);
  }

  #lookForMaster(now: Instant, member: Member): void {
    if (!this.#isOrphan(now, member)) {
      this.#orphans.delete(member);
      return;
    }
    const trouble = this.#orphans.get(member) ?? { since: now, checkAt: undefined };
    this.#orphans.set(member, trouble);
    const due = (): Instant => {
      const start = Math.max(this.#start(trouble, member), this.#lastHeard(member)) as Instant;
      return after(start, plus(this.#quiet.view.downInterval(member), slack));
    };
    this.#checkLater(trouble, due, () => {
      if (this.#orphans.get(member) !== trouble || !this.#isOrphan(this.#world.now, member)) return true;
      if (due() > this.#world.now || this.#quiet.unreliable) return false;
      this.#report('some-master', `${member.router}: ${member.node.name} could be master, hears none and is none`);
      return true;
    });
  }

  /** Even a master that was one for a moment only has started the timers anew. */
  #lastHeard(member: Member): number {
    const { view } = this.#quiet;
    const heard = this.#siblings(member).flatMap(sibling =>
      view.ofRouter(sibling.router).filter(other => other.node !== member.node && view.hears(sibling, other)),
    );
    return Math.max(0, ...heard.map(({ advertisedAt }) => advertisedAt));
  }

  #siblings(member: Member): readonly Member[] {
    const { group } = member;
    return group ? this.#quiet.view.ofNode(member.node.name).filter(other => other.group === group) : [member];
  }

  /** It could be master, is not, and hears nobody else who is: neither itself nor any other member of its group. */
  #isOrphan(now: Instant, member: Member): boolean {
    const { view } = this.#quiet;
    if (member.holdsSince !== undefined || !view.isEligible(member)) return false;
    if (member.configuration.addresses.length + member.configuration.excludedAddresses.length === 0) return false;
    return this.#siblings(member).every(sibling =>
      view
        .ofRouter(sibling.router)
        .every(other => other.node === member.node || !view.isSpeaking(other, now) || !view.hears(sibling, other)),
    );
  }

  /** Looks again when it is due, and again when that has moved meanwhile; `check` says whether it is done. */
  #checkLater(trouble: Trouble, due: () => Instant, check: () => boolean): void {
    const at = after(due(), milliseconds(1));
    if (trouble.checkAt !== undefined && trouble.checkAt <= at) return;
    trouble.checkAt = at;
    this.#world.at(at, () => {
      if (trouble.checkAt !== at) return;
      trouble.checkAt = undefined;
      // While packets are unreliable nothing is judged; their end makes everybody look again.
      if (!check() && !this.#quiet.unreliable) this.#checkLater(trouble, due, check);
    });
  }
}

function beats(left: Member, right: Member): boolean {
  if (!speakSameLanguage(left.configuration, right.configuration)) return false;
  if (left.advertisedPriority !== right.advertisedPriority) return left.advertisedPriority > right.advertisedPriority;
  const [ours, theirs] = [left.advertisedSource, right.advertisedSource];
  return ours !== undefined && theirs !== undefined && compareIpAddresses(ours, theirs) > 0;
}
