import { type Duration, plus, seconds } from '../base/duration.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import type { Action, PathSelector, Step, TableChange } from './action.ts';
import type { Chance } from './chance.ts';
import type { RoutingSelector } from './fake-routing.ts';
import type { RandomCluster } from './random-cluster.ts';

/** How long until the next faults: most come alone, some in quick succession. */
const meanPauseSeconds = 700;

type Draw = (chance: Chance, cluster: RandomCluster) => readonly Step[];

const one =
  (draw: (chance: Chance, cluster: RandomCluster) => Action): Draw =>
  (chance, cluster) => [{ at: seconds(0), action: draw(chance, cluster) }];

const aNode = (chance: Chance, { nodes }: RandomCluster): string => chance.pick([...nodes.keys()]);
const aLink = (chance: Chance, { links }: RandomCluster): string => chance.pick(links);

/** The fault menu with weights; docs/simulator.md has it with the incidents behind each. */
export const faultMenu: readonly (readonly [weight: number, name: string, draw: Draw])[] = [
  [
    10,
    'isolation',
    one((chance, cluster) => ({ type: 'cut', path: everybody(aNode(chance, cluster)), span: chance.span(1, 60) })),
  ],
  [
    6,
    'partition',
    one((chance, cluster) => ({ type: 'cut', path: between(chance, cluster, 'both'), span: chance.span(1, 60) })),
  ],
  [
    6,
    'one-way link',
    one((chance, cluster) => ({ type: 'cut', path: between(chance, cluster, 'one-way'), span: chance.span(1, 60) })),
  ],
  [
    3,
    'client cut off',
    one((chance, cluster) => ({ type: 'cut', path: everybody(aClient(chance, cluster)), span: chance.span(1, 60) })),
  ],
  [
    4,
    'loss',
    one((chance, cluster) => ({
      type: 'quality',
      change: { type: 'lose', share: chance.between(5, 60) / 100 },
      path: maybePath(chance, cluster),
      span: chance.span(5, 60),
    })),
  ],
  [
    3,
    'duplication',
    one((chance, cluster) => ({
      type: 'quality',
      change: { type: 'duplicate', share: chance.between(5, 60) / 100 },
      path: maybePath(chance, cluster),
      span: chance.span(5, 60),
    })),
  ],
  [
    3,
    'reordering',
    one((chance, cluster) => ({
      type: 'quality',
      change: { type: 'reorder', share: chance.between(5, 60) / 100 },
      path: maybePath(chance, cluster),
      span: chance.span(5, 60),
    })),
  ],
  [
    3,
    'delay',
    one((chance, cluster) => ({
      type: 'quality',
      change: { type: 'delay', latency: chance.span(0.001, 0.4), jitter: chance.span(0, 0.2) },
      path: maybePath(chance, cluster),
      span: chance.span(5, 60),
    })),
  ],
  [
    6,
    'carrier lost',
    one((chance, cluster) => ({
      type: 'unplug',
      node: aNode(chance, cluster),
      link: aLink(chance, cluster),
      span: chance.span(0.05, 60),
    })),
  ],
  [
    6,
    'interface down',
    one((chance, cluster) => ({
      type: 'down',
      node: aNode(chance, cluster),
      link: aLink(chance, cluster),
      span: chance.span(0.05, 60),
    })),
  ],
  [3, 'interface flaps', flaps],
  [
    2,
    'interface deleted',
    one((chance, cluster) => ({
      type: 'delete',
      node: aNode(chance, cluster),
      link: aLink(chance, cluster),
      span: chance.span(1, 30),
    })),
  ],
  [2, 'interface renamed', rename],
  [
    8,
    'process frozen',
    one((chance, cluster) => ({ type: 'freeze', node: aNode(chance, cluster), span: chance.span(0.5, 10) })),
  ],
  [
    5,
    'machine suspended',
    one((chance, cluster) => ({ type: 'suspend', node: aNode(chance, cluster), span: chance.span(0.5, 10) })),
  ],
  [
    4,
    'late timers',
    one((chance, cluster) => ({
      type: 'late',
      node: aNode(chance, cluster),
      by: chance.span(0.05, 3),
      span: chance.span(5, 60),
    })),
  ],
  [7, 'crash', one((chance, cluster) => ({ type: 'crash', node: aNode(chance, cluster), process: 'vrrp' }))],
  [
    6,
    'graceful stop',
    one((chance, cluster) => ({ type: 'stop', node: aNode(chance, cluster), span: chance.span(3, 60) })),
  ],
  [
    4,
    'power lost',
    one((chance, cluster) => ({ type: 'power-off', node: aNode(chance, cluster), span: chance.span(1, 120) })),
  ],
  [2, 'all boot at once', bootAtOnce],
  [
    4,
    'reload unchanged',
    one((chance, cluster) => ({ type: 'reload', node: aNode(chance, cluster), file: undefined })),
  ],
  [4, 'reload on all nodes', reloadAll],
  [2, 'upgrade from v2 to v3', upgradeAll],
  [8, 'script', script],
  [8, 'tracked file', file],
  [8, 'tracked process', worker],
  [4, 'route or rule removed', routeRemoved],
  [12, 'real server', server],
  [2, 'IPVS table changed', tableChange],
  [2, 'checker crash', checkerCrash],
  [
    3,
    'address removed',
    one((chance, cluster) => ({
      type: 'remove',
      node: aNode(chance, cluster),
      address: parseIpAddress(chance.pick(cluster.addresses))!,
    })),
  ],
  [
    3,
    'addresses flushed',
    one((chance, cluster) => ({ type: 'flush', node: aNode(chance, cluster), link: aLink(chance, cluster) })),
  ],
  [
    3,
    'netlink overrun',
    one((chance, cluster) => ({ type: 'overrun', node: aNode(chance, cluster), span: chance.span(0.01, 2) })),
  ],
  [
    3,
    'foreign VRID',
    one((chance, cluster) => ({
      type: 'foreign',
      vrid: chance.pick(cluster.vrids),
      priority: chance.between(1, 254),
      version: chance.pick([2, 3]),
      segment: undefined,
      every: chance.span(0.3, 2),
      span: chance.span(3, 40),
    })),
  ],
  [
    3,
    'damaged packets',
    one(chance => ({ type: 'garbage', segment: undefined, every: chance.span(0.05, 1), span: chance.span(3, 40) })),
  ],
  [
    2,
    'clock step',
    one((chance, cluster) => ({
      type: 'clock',
      node: aNode(chance, cluster),
      by: seconds(chance.between(-86_400, 86_400)),
    })),
  ],
];

/** At least a hundred faults a day, for so long. */
export function randomFaults(chance: Chance, cluster: RandomCluster, span: Duration): readonly Step[] {
  const choices = faultMenu.map(([weight, , draw]) => [weight, draw] as const);
  const steps: Step[] = [];
  let at = seconds(30 + chance.below(30));
  while (at < span) {
    const together = chance.weighted([
      [65, 1],
      [20, 2],
      [10, 3],
      [5, 5],
    ]);
    for (let count = 0; count < together; count++) {
      for (const step of chance.weighted(choices)(chance, cluster)) {
        steps.push({ at: plus(at, step.at), action: step.action });
      }
      at = plus(at, chance.span(0, 8));
    }
    at = plus(at, chance.span(60, 2 * meanPauseSeconds - 60));
  }
  return steps.filter(step => step.at < span).sort((left, right) => left.at - right.at);
}

function everybody(from: string): PathSelector {
  return { from, to: undefined, direction: 'both' };
}

function between(chance: Chance, { nodes }: RandomCluster, direction: 'both' | 'one-way'): PathSelector {
  const names = [...nodes.keys()];
  const from = chance.pick(names);
  return { from, to: chance.pick(names.filter(name => name !== from)), direction };
}

function maybePath(chance: Chance, cluster: RandomCluster): PathSelector | undefined {
  return chance.percent(50) ? between(chance, cluster, chance.pick(['both', 'one-way'])) : undefined;
}

function aClient(chance: Chance, { links, clientsPerSegment }: RandomCluster): string {
  const name = `client${chance.between(1, clientsPerSegment)}`;
  return links.length > 1 ? `${name}@${chance.pick(links)}` : name;
}

function flaps(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const [node, link] = [aNode(chance, cluster), aLink(chance, cluster)];
  const type = chance.pick(['unplug', 'down'] as const);
  const steps: Step[] = [];
  let at = seconds(0);
  for (let count = chance.between(2, 8); count > 0; count--) {
    const span = chance.span(0.05, 1);
    steps.push({ at, action: { type, node, link, span } });
    at = plus(plus(at, span), chance.span(0.05, 2));
  }
  return steps;
}

function rename(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const [node, link] = [aNode(chance, cluster), aLink(chance, cluster)];
  return [
    { at: seconds(0), action: { type: 'rename', node, link, name: 'renamed0' } },
    { at: chance.span(1, 30), action: { type: 'rename', node, link: 'renamed0', name: link } },
  ];
}

function bootAtOnce(chance: Chance, { nodes }: RandomCluster): readonly Step[] {
  const off = chance.span(1, 20);
  return [...nodes.keys()].map(node => ({ at: seconds(0), action: { type: 'power-off', node, span: off } }));
}

/** Every node gets the changed file, and some time later the original again; the order is by chance. */
function reloadAll(chance: Chance, cluster: RandomCluster): readonly Step[] {
  return rollOut(chance, cluster, 'changed');
}

function upgradeAll(chance: Chance, cluster: RandomCluster): readonly Step[] {
  return rollOut(chance, cluster, 'upgraded');
}

function rollOut(chance: Chance, { nodes }: RandomCluster, kind: string): readonly Step[] {
  const steps: Step[] = [];
  const back = chance.span(60, 200);
  for (const node of nodes.keys()) {
    steps.push({ at: chance.span(0, 20), action: { type: 'reload', node, file: `${node}.${kind}` } });
    steps.push({ at: plus(back, chance.span(0, 20)), action: { type: 'reload', node, file: `${node}.original` } });
  }
  return steps;
}

/** Where nothing is balanced, something else happens. */
function otherwise(chance: Chance, cluster: RandomCluster): readonly Step[] {
  return [{ at: seconds(0), action: { type: 'freeze', node: aNode(chance, cluster), span: chance.span(0.5, 10) } }];
}

function server(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const { servers } = cluster;
  if (servers.length === 0) return chance.percent(20) ? otherwise(chance, cluster) : [];
  const at = seconds(0);
  const name = chance.pick(servers);
  const from = chance.percent(25) ? aNode(chance, cluster) : undefined;
  if (chance.percent(20)) {
    return [
      {
        at,
        action: { type: 'server-flaps', server: name, from, every: chance.span(0.5, 8), span: chance.span(5, 60) },
      },
    ];
  }
  const behaviour = chance.pick(['refuses', 'refuses', 'hangs'] as const);
  return [{ at, action: { type: 'server', server: name, from, behaviour, span: chance.span(1, 120) } }];
}

function tableChange(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const { servers } = cluster;
  if (servers.length === 0) return chance.percent(20) ? otherwise(chance, cluster) : [];
  const name = chance.pick(servers);
  const change = chance.pick<TableChange>([
    { type: 'clear' },
    { type: 'delete-server', server: name },
    { type: 'edit-server', server: name, weight: chance.below(5) },
  ]);
  return [{ at: seconds(0), action: { type: 'ipvsadm', node: aNode(chance, cluster), change } }];
}

function checkerCrash(chance: Chance, cluster: RandomCluster): readonly Step[] {
  if (cluster.servers.length === 0) return chance.percent(20) ? otherwise(chance, cluster) : [];
  return [{ at: seconds(0), action: { type: 'crash', node: aNode(chance, cluster), process: 'checker' } }];
}

function file(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const [name] = cluster.trackedFiles;
  const node = aNode(chance, cluster);
  if (name === undefined) return chance.percent(20) ? otherwise(chance, cluster) : [];
  const number = chance.weighted([
    [5, chance.between(1, 60)],
    [3, -chance.between(1, 60)],
    [1, 254],
    [1, -400],
  ]);
  return [{ at: seconds(0), action: { type: 'file', file: name, node, number, span: chance.span(0.01, 200) } }];
}

function worker(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const [name] = cluster.trackedProcesses;
  const node = aNode(chance, cluster);
  if (name === undefined) return chance.percent(20) ? otherwise(chance, cluster) : [];
  const count = chance.pick([0, 0, 0, 1, 2, 5]);
  return [{ at: seconds(0), action: { type: 'process', process: name, node, count, span: chance.span(0.01, 200) } }];
}

function routeRemoved(chance: Chance, cluster: RandomCluster): readonly Step[] {
  if (cluster.routing.length === 0) return chance.percent(20) ? otherwise(chance, cluster) : [];
  const [kind, text] = chance.pick(cluster.routing).split(' ') as ['route' | 'rule', string];
  const [address = '', length] = text.split('/');
  const entry: RoutingSelector =
    kind === 'route'
      ? { kind, destination: { address: parseIpAddress(address)!, prefixLength: Number(length) } }
      : { kind, preference: Number(text) };
  return [{ at: seconds(0), action: { type: 'remove-routing', node: aNode(chance, cluster), entry } }];
}

function script(chance: Chance, cluster: RandomCluster): readonly Step[] {
  const [name] = cluster.scripts;
  const node = aNode(chance, cluster);
  const at = seconds(0);
  if (name === undefined) return [{ at, action: { type: 'freeze', node, span: chance.span(0.5, 10) } }];
  if (chance.percent(25)) {
    const span = chance.span(5, 40);
    return [{ at, action: { type: 'script-flaps', script: name, node, every: chance.span(0.5, 6), span } }];
  }
  const behaviour = chance.weighted([
    [5, { type: 'exits', status: 1 }],
    [2, { type: 'hangs' }],
    [1, { type: 'ignores-term' }],
    [1, { type: 'not-startable' }],
  ] as const);
  return [{ at, action: { type: 'script', script: name, node, behaviour, span: chance.span(1, 120) } }];
}
