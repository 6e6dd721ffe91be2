import type { Instant } from '../../base/instant.ts';
import type { Observation } from '../observation.ts';
import type { World } from '../world.ts';
import { type Member, speakSameLanguage } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** How everything must be once nobody has interfered for long enough, and that it stays so. */
export class Rest implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  #isCalm = false;

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
  }

  observe(_now: Instant, seen: Observation): void {
    if (!this.#isCalm) return;
    if (seen.type === 'state') {
      this.#report('no-flapping', `${seen.node}: ${seen.instance} enters ${seen.state} although nothing happens`);
    } else if (seen.type === 'address') {
      this.#report('no-flapping', `${seen.node}: ${seen.address} is ${seen.change} although nothing happens`);
    }
  }

  disturbed(): void {
    this.#isCalm = false;
  }

  calm(now: Instant): void {
    this.#isCalm = true;
    const { view } = this.#quiet;
    for (const member of view.members) this.#lookAtAddresses(now, member);
    // Who should be master of what is plain only where everybody hears everybody.
    if (this.#world.segments.some(segment => segment.anyCut || segment.multicastBlocked)) return;
    for (const [router, members] of view.routers) this.#lookAtRouter(now, router, members);
  }

  /** All addresses or none, and those exactly of who advertises. */
  #lookAtAddresses(now: Instant, member: Member): void {
    const { node, configuration } = member;
    if (!node.responsive) return;
    const present = [...configuration.addresses, ...configuration.excludedAddresses].filter(
      ({ address, prefixLength, interface: name = configuration.interface }) => {
        const link = name === undefined ? node.kernel.links[0] : node.kernel.linkNamed(name);
        return link !== undefined && node.kernel.holds(link.index, address, prefixLength);
      },
    ).length;
    const all = configuration.addresses.length + configuration.excludedAddresses.length;
    const speaking = this.#quiet.view.isSpeaking(member, now);
    const who = `${member.router}: ${node.name}`;
    if (speaking && present < all) {
      this.#report('address-where-mastered', `${who} advertises and has ${present} of ${all} addresses`);
    } else if (!speaking && present > 0 && configuration.priority !== 255) {
      this.#report('address-where-mastered', `${who} has ${present} of ${all} addresses and does not advertise`);
    }
  }

  #lookAtRouter(now: Instant, router: string, members: readonly Member[]): void {
    const { view } = this.#quiet;
    const eligible = members.filter(member => view.isEligible(member));
    const holders = members.filter(member => member.holdsSince !== undefined && member.node.responsive);
    const names = holders.map(({ node }) => node.name).join(', ') || 'nobody';
    if (!eligible.every(member => speakSameLanguage(member.configuration, eligible[0]!.configuration))) return;
    if (eligible.length === 0) {
      if (holders.length > 0) this.#report('right-master', `${router}: ${names} holds the addresses and should not`);
      return;
    }
    // Only whoever takes part can be master, and only one of them.
    if (holders.length > 1) this.#report('one-master', `${router}: ${names} hold the addresses at rest`);
    const [holder] = holders;
    if (!holder || !eligible.includes(holder)) {
      this.#report('some-master', `${router}: ${names} holds the addresses at rest, ${eligible[0]!.node.name} could`);
      return;
    }
    if (!view.isSpeaking(holder, now)) return;
    const { advertisedPriority, node } = holder;
    const due = view.priorityOf(holder);
    if (advertisedPriority !== due) {
      const text = `${node.name} advertises ${advertisedPriority} at rest, its trackers make it ${due}`;
      this.#report('right-master', `${router}: ${text}`);
    }
    this.#lookForBetter(router, holder, eligible);
  }

  /** With preemption everywhere the highest priority wins in the end. */
  #lookForBetter(router: string, holder: Member, eligible: readonly Member[]): void {
    const { view } = this.#quiet;
    for (const other of eligible) {
      if (other === holder || other.group || holder.group) continue;
      if (!other.configuration.preempt && other.configuration.priority !== 255) continue;
      const [better, worse] = [view.priorityOf(other), view.priorityOf(holder)];
      if (better <= worse) continue;
      this.#report(
        'right-master',
        `${router}: ${holder.node.name} (${worse}) is master at rest, ${other.node.name} (${better}) should be`,
      );
    }
  }
}
