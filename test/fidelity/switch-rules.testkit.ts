// What the switches of the lab refuse to carry, as nft rules, from the cuts and losses that are in force.
import type { PathSelector } from '../../src/sim/action.ts';

/** A host's end of a cable. */
export interface Plug {
  readonly host: string;
  readonly network: string;
  /** Name of the switch's end. */
  readonly port: string;
}

export class SwitchRules {
  readonly #cuts = new Set<string>();
  /** Percent by pair; `* *` is everywhere. */
  readonly #losses = new Map<string, number>();
  #multicastBlocked = false;

  set multicastBlocked(blocked: boolean) {
    this.#multicastBlocked = blocked;
  }

  cut(path: PathSelector, hosts: readonly string[]): void {
    for (const pair of pairsOf(path, hosts)) this.#cuts.add(pair);
  }

  /** Undefined: every cut there is. */
  heal(path: PathSelector | undefined, hosts: readonly string[]): void {
    if (path === undefined) this.#cuts.clear();
    else for (const pair of pairsOf(path, hosts)) this.#cuts.delete(pair);
  }

  /** `share` 0 .. 1. */
  lose(share: number, path: PathSelector | undefined, hosts: readonly string[]): void {
    for (const pair of path ? pairsOf(path, hosts) : ['* *']) this.#losses.set(pair, Math.round(share * 100));
  }

  /** A whole file for `nft -f`: replaces what was in force before in one stroke. */
  file(plugs: readonly Plug[]): string {
    const rules: string[] = [];
    // As the simulator's switches do it: VRRP's own multicast goes nowhere, everything else is carried.
    if (this.#multicastBlocked) rules.push('ip daddr 224.0.0.18 drop', 'ip6 daddr ff02::12 drop');
    for (const from of plugs) {
      for (const to of plugs) {
        if (from === to || from.network !== to.network) continue;
        const way = `iifname "${from.port}" oifname "${to.port}"`;
        if (this.#cuts.has(`${from.host} ${to.host}`)) rules.push(`${way} drop`);
        const percent = this.#losses.get(`${from.host} ${to.host}`) ?? this.#losses.get('* *') ?? 0;
        if (percent > 0) rules.push(`${way} ${percent < 100 ? `numgen random mod 100 < ${percent} ` : ''}drop`);
      }
    }
    return [
      'table bridge fidelity',
      'delete table bridge fidelity',
      'table bridge fidelity {',
      '  chain forward {',
      '    type filter hook forward priority 0; policy accept;',
      ...rules.map(rule => `    ${rule}`),
      '  }',
      '}',
      '',
    ].join('\n');
  }
}

/** `from to` for every ordered pair of hosts that a path selects. */
function pairsOf({ from, to, direction }: PathSelector, hosts: readonly string[]): string[] {
  const targets = to === undefined ? hosts.filter(host => host !== from) : [to];
  return targets.flatMap(target =>
    direction === 'both' ? [`${from} ${target}`, `${target} ${from}`] : [`${from} ${target}`],
  );
}
