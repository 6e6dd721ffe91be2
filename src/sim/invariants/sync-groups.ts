import { seconds } from '../../base/duration.ts';
import { after, type Instant } from '../../base/instant.ts';
import type { World } from '../world.ts';
import type { Member } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** Members may differ while the kernel adds or removes addresses in batches. */
const unevenFor = seconds(1.5);

/** The members of a sync group hold their addresses together or not at all. */
export class SyncGroups implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  readonly #unevenSince = new Map<string, Instant>();

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
  }

  reconsider(now: Instant): void {
    for (const node of this.#world.nodes) {
      for (const { name } of node.configuration.syncGroups) this.#lookAt(now, node.name, name);
    }
  }

  #lookAt(now: Instant, node: string, group: string): void {
    const key = `${node} ${group}`;
    if (!this.#isUneven(node, group)) {
      this.#unevenSince.delete(key);
      return;
    }
    if (this.#unevenSince.has(key)) return;
    this.#unevenSince.set(key, now);
    this.#check(key, now, node, group);
  }

  #check(key: string, since: Instant, node: string, group: string): void {
    this.#world.at(after(this.#world.now, unevenFor), () => {
      if (this.#unevenSince.get(key) !== since) return;
      const { disturbedAt, view } = this.#quiet;
      const ready = Math.max(disturbedAt, view.readyAt(this.#world.node(node)!));
      if (ready + unevenFor > this.#world.now) {
        this.#check(key, since, node, group);
        return;
      }
      this.#report('sync-group-together', `${node}: of ${group}, ${this.#describe(node, group)}`);
    });
  }

  #isUneven(node: string, group: string): boolean {
    const members = this.#members(node, group);
    if (!members.every(member => member.node.responsive)) return false;
    return new Set(members.map(({ holdsSince }) => holdsSince !== undefined)).size > 1;
  }

  #members(node: string, group: string): readonly Member[] {
    return this.#quiet.view
      .ofNode(node)
      .filter(member => member.group?.name === group && member.configuration.addresses.length > 0);
  }

  #describe(node: string, group: string): string {
    const parts = this.#members(node, group).map(
      ({ configuration: { name }, holdsSince }) => `${name} ${holdsSince === undefined ? 'holds nothing' : 'holds'}`,
    );
    return parts.join(', ');
  }
}
