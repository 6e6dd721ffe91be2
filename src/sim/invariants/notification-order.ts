import type { Instant } from '../../base/instant.ts';
import type { Observation } from '../observation.ts';
import type { World } from '../world.ts';
import type { Member } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** What was told of one instance or group since its process began. */
interface Told {
  /** Transitions in the log that no script has been told of. */
  readonly untold: string[];
  last: string | undefined;
}

/** Every transition is told to the notification scripts: once, in order, and in accordance with the kernel in the end. */
export class NotificationOrder implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  readonly #told = new Map<string, Told>();
  readonly #names = new Map<Member, string>();

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
    for (const member of quiet.view.members) this.#names.set(member, member.configuration.name);
  }

  observe(_now: Instant, seen: Observation): void {
    if (seen.type === 'life' && (seen.event === 'process-started' || seen.event === 'process-crashed')) {
      for (const key of this.#told.keys()) if (key.startsWith(`${seen.node} `)) this.#told.delete(key);
    } else if (seen.type === 'life' && seen.event === 'reloaded') this.#rename(seen.node);
    else if (seen.type === 'log') {
      const transition = /^\((\S+)\) Entering (\S+) STATE/.exec(seen.text);
      if (transition) this.#transition(seen.node, 'INSTANCE', transition[1]!, transition[2]!);
    } else if (seen.type === 'script') this.#notification(seen);
  }

  /** At rest, whoever was told MASTER last holds the addresses. */
  calm(): void {
    for (const member of this.#quiet.view.members) {
      const { node, configuration } = member;
      const told = this.#told.get(`${node.name} INSTANCE ${configuration.name}`);
      if (!node.responsive || !told || configuration.notify.generic === undefined) continue;
      if (told.untold.length > 0) {
        this.#report('notification-order', `${node.name}: ${configuration.name} entered ${told.untold[0]}, untold`);
      }
      const isMaster = member.holdsSince !== undefined;
      if (told.last !== undefined && (told.last === 'MASTER') !== isMaster) {
        const holds = isMaster ? 'holds' : 'does not hold';
        this.#report(
          'notification-order',
          `${node.name}: ${configuration.name} ${holds} its addresses after ${told.last}`,
        );
      }
    }
  }

  /** What an instance was told under its old name holds under the new one. */
  #rename(node: string): void {
    const told = new Map<string, Told>();
    for (const member of this.#quiet.view.ofNode(node)) {
      const { name } = member.configuration;
      const before = this.#names.get(member) ?? name;
      this.#names.set(member, name);
      const known = this.#told.get(`${node} INSTANCE ${before}`);
      this.#told.delete(`${node} INSTANCE ${before}`);
      if (known) told.set(`${node} INSTANCE ${name}`, known);
    }
    for (const [key, value] of told) this.#told.set(key, value);
  }

  #transition(node: string, kind: string, name: string, state: string): void {
    const instance = this.#world.node(node)?.configuration.instances.find(other => other.name === name);
    if (instance?.notify.generic === undefined) return;
    this.#of(`${node} ${kind} ${name}`).untold.push(state);
  }

  #notification({ node, arguments: words }: Observation & { type: 'script' }): void {
    const [kind, name, state] = words;
    if ((kind !== 'INSTANCE' && kind !== 'GROUP') || name === undefined || state === undefined) return;
    const told = this.#of(`${node} ${kind} ${name}`);
    if (told.last === state) this.#report('notification-order', `${node}: ${name} is told ${state} twice`);
    told.last = state;
    // Neither STOP nor DELETED, nor a group's share, has a line of its own.
    if (kind === 'GROUP' || state === 'STOP' || state === 'DELETED') return;
    const expected = told.untold.shift();
    if (expected === undefined) {
      // A removed instance is told FAULT without entering it.
      if (state !== 'FAULT')
        this.#report('notification-order', `${node}: ${name} is told ${state} without entering it`);
    } else if (expected !== state) {
      this.#report('notification-order', `${node}: ${name} entered ${expected} and is told ${state}`);
    }
  }

  #of(key: string): Told {
    let told = this.#told.get(key);
    if (!told) {
      told = { untold: [], last: undefined };
      this.#told.set(key, told);
    }
    return told;
  }
}
