import { type Duration, milliseconds, seconds } from '../../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../../base/instant.ts';
import { longestGap } from '../../engine/announcement-pacing.ts';
import type { Observation, Observer } from '../observation.ts';
import type { World } from '../world.ts';
import { Balancing, balancingSettleTime } from './balancing.ts';
import { ClusterView, trackerSettleTime } from './cluster-view.ts';
import { HandOver } from './hand-over.ts';
import type { Invariant, Report, Violation } from './invariant.ts';
import { Mastership } from './mastership.ts';
import { NeighbourEntries } from './neighbour-entries.ts';
import { NotificationOrder } from './notification-order.ts';
import type { Quiet } from './quiet.ts';
import { Rest } from './rest.ts';
import { Routing } from './routing.ts';
import { SyncGroups } from './sync-groups.ts';

/** Changes that come together are looked at together. */
const reconsiderDelay = milliseconds(1);
/** What begins the waiting for calm anew. */
const disturbing: ReadonlySet<Observation['type']> = new Set([
  'disturbance',
  'life',
  'checker',
  'script-outcome',
  'object-changed',
  'server-outcome',
]);
/** More of them say nothing new. */
const violationLimit = 20;

/** Holds a world to its promises. */
export class Judge implements Observer, Quiet {
  readonly view: ClusterView;
  readonly violations: Violation[] = [];
  disturbedAt: Instant;
  disturbedBefore = instantFromMicroseconds(-1);
  unreliable = false;
  reliableSince = instantFromMicroseconds(0);
  readonly #world: World;
  readonly #invariants: readonly Invariant[];
  #reconsiderPlanned = false;
  #isCalm = false;
  #calmPlannedAt: Instant | undefined;

  constructor(world: World) {
    this.#world = world;
    this.view = new ClusterView(world);
    this.disturbedAt = world.now;
    const report: Report = (invariant, text) => {
      if (this.violations.length < violationLimit) this.violations.push({ invariant, at: world.now, text });
    };
    this.#invariants = [
      new Mastership(world, this, report),
      new HandOver(world, this, report),
      new NeighbourEntries(world, this, report),
      new SyncGroups(world, this, report),
      new NotificationOrder(world, this, report),
      new Balancing(world, this, report),
      new Rest(world, this, report),
      new Routing(this, report),
    ];
    world.watch(this);
    this.#planCalm();
  }

  observe(now: Instant, seen: Observation): void {
    const relevant = this.view.observe(now, seen);
    if (seen.type === 'disturbance') {
      if (this.unreliable && seen.active === 0) this.reliableSince = now;
      this.unreliable = seen.active > 0;
    }
    if (seen.type === 'disturbance') this.#lastLook(now);
    if (disturbing.has(seen.type)) this.#disturb(now);
    // Most of what takes place is an advertisement as expected.
    if (seen.type === 'advertisement-sent' && !relevant) return;
    for (const invariant of this.#invariants) invariant.observe?.(now, seen);
    if (relevant) this.#planReconsideration();
  }

  /** The world ends: a last look, if it is calm. */
  conclude(): void {
    if (this.#isCalm) for (const invariant of this.#invariants) invariant.calm?.(this.#world.now, false);
  }

  /** Whoever interferes says so first: whatever crept in since it became calm is seen now. */
  #lastLook(now: Instant): void {
    if (this.#isCalm) for (const invariant of this.#invariants) invariant.calm?.(now, false);
  }

  #disturb(now: Instant): void {
    this.#isCalm = false;
    if (this.disturbedAt < now) this.disturbedBefore = this.disturbedAt;
    this.disturbedAt = now;
    for (const invariant of this.#invariants) invariant.disturbed?.(now);
    this.#planCalm();
  }

  #planReconsideration(): void {
    if (this.#reconsiderPlanned) return;
    this.#reconsiderPlanned = true;
    this.#world.after(reconsiderDelay, () => {
      this.#reconsiderPlanned = false;
      for (const invariant of this.#invariants) invariant.reconsider?.(this.#world.now);
    });
  }

  #planCalm(): void {
    // The one that is planned looks again when its time has come.
    if (this.#calmPlannedAt !== undefined) return;
    this.#calmPlannedAt = after(this.disturbedAt, this.#settleTime());
    this.#world.at(this.#calmPlannedAt, () => {
      this.#calmPlannedAt = undefined;
      if (this.unreliable || after(this.disturbedAt, this.#settleTime()) > this.#world.now) {
        if (!this.unreliable) this.#planCalm();
        return;
      }
      this.#isCalm = true;
      for (const invariant of this.#invariants) invariant.calm?.(this.#world.now, true);
    });
  }

  /** After which nothing may move any more: every timer in a row, and the second burst of announcements. */
  #settleTime(): Duration {
    let longest = 0;
    for (const member of this.view.members) {
      const { preemptDelay, garp, addresses } = member.configuration;
      const { startupDelay } = member.node.configuration.global;
      const pacing = longestGap(member.node.configuration) * addresses.length * garp.masterRepeat;
      const own = 3 * this.view.downInterval(member) + preemptDelay + pacing + startupDelay;
      longest = Math.max(longest, own + Math.max(garp.masterDelay, garp.lowerPriorityDelay));
    }
    for (const node of this.#world.nodes) longest += trackerSettleTime(node) * 2;
    for (const node of this.#world.nodes) longest = Math.max(longest, balancingSettleTime(node));
    return (longest + seconds(3)) as Duration;
  }
}
