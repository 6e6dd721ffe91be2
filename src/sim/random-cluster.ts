import type { Chance } from './chance.ts';
import {
  type BalancingPlan,
  changeBalancing,
  randomBalancing,
  renderBalancing,
  serversOf,
} from './random-balancing.ts';
import { changeRouting, type RoutingPlan, randomRouting, renderRouting, routingTexts } from './random-routing.ts';
import { randomTrackers, randomTracking, renderTracking, type TrackingPlan } from './random-tracking.ts';

/** A cluster made by chance: keepalived.conf texts, and others that its nodes may be reloaded with. */
export interface RandomCluster {
  /** By node name. */
  readonly nodes: ReadonlyMap<string, string>;
  /** By the name that `reload NODE with FILE` uses. */
  readonly files: ReadonlyMap<string, string>;
  readonly scripts: readonly string[];
  readonly trackedFiles: readonly string[];
  readonly trackedProcesses: readonly string[];
  /** Virtual routes and rules, as `remove` of the scenario language names them. */
  readonly routing: readonly string[];
  readonly links: readonly string[];
  readonly vrids: readonly number[];
  /** By node name, as the scenario language wants it. */
  readonly driftPpm: ReadonlyMap<string, number>;
  readonly clientsPerSegment: number;
  readonly addresses: readonly string[];
  /** Real servers, as `server` of the scenario language names them. */
  readonly servers: readonly string[];
  /** The shortest advertisement interval, in seconds. */
  readonly intervalSeconds: number;
}

/** What is the same on all nodes of the cluster. */
interface Plan {
  readonly global: readonly string[];
  /** Of a garp_group of all interfaces. */
  readonly sharedGap: string | undefined;
  readonly instances: readonly InstancePlan[];
  readonly group: boolean;
  readonly script: readonly string[] | undefined;
  readonly tracking: TrackingPlan;
  readonly balancing: BalancingPlan | undefined;
}

interface InstancePlan {
  readonly name: string;
  readonly vrid: number;
  readonly link: string;
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly interval: number;
  readonly unicast: boolean;
  readonly addresses: readonly string[];
  readonly excluded: readonly string[];
  readonly common: readonly string[];
  readonly tracksScript: string | undefined;
  readonly trackers: readonly string[];
  readonly routing: RoutingPlan | undefined;
  /** By node. */
  readonly priorities: readonly number[];
  readonly own: readonly (readonly string[])[];
}

const nodeNames = ['a', 'b', 'c', 'd'] as const;

export function randomCluster(chance: Chance): RandomCluster {
  const count = chance.weighted([
    [70, 2],
    [25, 3],
    [5, 4],
  ]);
  const names = nodeNames.slice(0, count);
  const plan = randomPlan(chance, count);
  const changed = {
    ...plan,
    instances: plan.instances.map(instance => change(chance, instance)),
    balancing: plan.balancing && changeBalancing(chance, plan.balancing),
  };
  const upgraded = { ...plan, instances: plan.instances.map(upgrade) };
  const files = new Map<string, string>();
  names.forEach((name, place) => {
    files.set(`${name}.changed`, render(changed, place, count));
    files.set(`${name}.upgraded`, render(upgraded, place, count));
    files.set(`${name}.original`, render(plan, place, count));
  });
  return {
    nodes: new Map(names.map((name, place) => [name, render(plan, place, count)])),
    files,
    scripts: plan.script ? ['chk'] : [],
    trackedFiles: plan.tracking.file ? ['load'] : [],
    trackedProcesses: plan.tracking.process ? ['worker'] : [],
    routing: plan.instances.flatMap(({ routing }) => (routing ? routingTexts(routing) : [])),
    links: linksOf(plan),
    vrids: plan.instances.map(({ vrid }) => vrid),
    driftPpm: new Map(names.map(name => [name, chance.between(-100, 100)])),
    clientsPerSegment: chance.between(1, 2),
    addresses: plan.instances.flatMap(({ addresses }) => addresses.map(text => text.replace(/\/.*/, ''))),
    servers: plan.balancing ? serversOf(plan.balancing) : [],
    intervalSeconds: Math.min(...plan.instances.map(({ interval }) => interval)),
  };
}

/** Tracked ones, too. */
function linksOf({ instances }: Plan): readonly string[] {
  const links = new Set(instances.map(({ link }) => link));
  if (instances.some(({ common }) => common.some(line => line.startsWith('eth1')))) links.add('eth1');
  if (instances.some(({ routing }) => routing?.routes.some(line => line.includes('dev eth1')))) links.add('eth1');
  return [...links];
}

function randomPlan(chance: Chance, count: number): Plan {
  const instanceCount = chance.weighted([
    [55, 1],
    [35, 2],
    [10, 3],
  ]);
  const group = instanceCount > 1 && chance.percent(50);
  const script = chance.percent(40)
    ? [
        'script "/usr/bin/chk"',
        `interval ${chance.weighted([
          [4, 1],
          [3, 2],
          [2, 5],
        ])}`,
        `timeout ${chance.between(1, 3)}`,
        `rise ${chance.between(1, 3)}`,
        `fall ${chance.between(1, 3)}`,
      ]
    : undefined;
  // A group of which every member is best elsewhere would never come to rest.
  const order = shuffled(chance, [...Array(count).keys()]);
  const equal = chance.percent(8);
  const nopreempt = chance.percent(25);
  const weight = script
    ? chance.weighted([
        [3, '0'],
        [3, '-60'],
        [2, '30'],
        [1, '0 reverse'],
      ])
    : undefined;
  const tracking = randomTracking(chance);
  const instances = [...Array(instanceCount).keys()].map(place =>
    randomInstance(chance, { place, count, order: group ? order : undefined, equal, nopreempt, weight, tracking }),
  );
  const global = ['enable_script_security'];
  if (chance.percent(5)) global.push(`vrrp_startup_delay ${chance.between(1, 5)}`);
  const isPaced = chance.percent(8);
  if (isPaced) global.push(`vrrp_garp_interval 0.0${chance.between(1, 5)}`);
  const sharedGap = isPaced && chance.percent(40) ? `garp_interval 0.0${chance.between(1, 5)}` : undefined;
  // Some balance as well.
  const virtual = instances.flatMap(({ addresses }) => addresses.map(text => text.replace(/\/.*/, '')));
  const balancing = chance.percent(25) ? randomBalancing(chance, virtual) : undefined;
  return { global, sharedGap, instances, group, script, tracking, balancing };
}

interface InstanceChoice {
  readonly place: number;
  readonly count: number;
  readonly order: readonly number[] | undefined;
  readonly equal: boolean;
  readonly nopreempt: boolean;
  readonly weight: string | undefined;
  readonly tracking: TrackingPlan;
}

function randomInstance(chance: Chance, choice: InstanceChoice): InstancePlan {
  const { place, count, equal, nopreempt } = choice;
  const family = chance.percent(20) ? 6 : 4;
  const version = family === 6 || chance.percent(50) ? 3 : 2;
  const interval =
    version === 2
      ? chance.weighted([
          [90, 1],
          [7, 2],
          [3, 5],
        ])
      : chance.weighted([
          [80, 1],
          [6, 0.5],
          [2, 0.1],
          [12, 3],
        ]);
  const order = choice.order ?? shuffled(chance, [...Array(count).keys()]);
  const addressCount = chance.weighted([
    [60, 1],
    [30, 2],
    [9, 4],
    [1, 25],
  ]);
  const common: string[] = [];
  if (nopreempt) common.push('nopreempt');
  else if (chance.percent(12)) common.push(`preempt_delay ${chance.between(1, 20)}`);
  if (version === 2 && chance.percent(30)) common.push('authentication {', 'auth_type PASS', 'auth_pass secret', '}');
  const refresh = chance.weighted([
    [60, 0],
    [25, 30],
    [15, 60],
  ]);
  if (refresh > 0) common.push(`garp_master_refresh ${refresh}`);
  if (chance.percent(20)) common.push(`garp_master_delay ${chance.between(1, 3)}`);
  if (chance.percent(10)) common.push(`garp_master_repeat ${chance.between(1, 3)}`);
  if (chance.percent(10)) common.push('lower_prio_no_advert true');
  if (chance.percent(10)) common.push('higher_prio_send_advert true');
  if (chance.percent(10)) common.push('promote_secondaries');
  if (chance.percent(10)) common.push('skip_check_adv_addr on');
  if (version === 3 && chance.percent(15)) common.push(`down_timer_adverts ${chance.between(2, 5)}`);
  if (chance.percent(12)) {
    common.push('track_interface {', `eth1${chance.pick(['', ' weight -50'])}`, '}');
  }
  const startsAsMaster = !nopreempt && chance.percent(30);
  const link = chance.percent(25) ? 'eth1' : 'eth0';
  return {
    name: `VI_${place + 1}`,
    vrid: 51 + place,
    link,
    version,
    family,
    interval,
    unicast: chance.percent(25),
    addresses: virtualAddresses(chance, family, place, addressCount),
    excluded: chance.percent(12) ? virtualAddresses(chance, 6, place + 10, 1) : [],
    common,
    tracksScript: choice.weight !== undefined && chance.percent(80) ? choice.weight : undefined,
    trackers: randomTrackers(chance, choice.tracking),
    routing: chance.percent(25) ? randomRouting(chance, place, chance.percent(85) ? family : 6, link) : undefined,
    priorities: order.map(rank => (equal ? 100 : 200 - 40 * rank - chance.below(10))),
    own: order.map(rank => (startsAsMaster && rank === 0 ? ['state MASTER'] : [])),
  };
}

function virtualAddresses(chance: Chance, family: 4 | 6, place: number, count: number): readonly string[] {
  const prefix = chance.pick(family === 4 ? ['', '/24', '/32'] : ['', '/64']);
  return [...Array(count).keys()].map(index =>
    family === 4 ? `10.${place}.0.${index + 10}${prefix}` : `2001:db8:${place}::${(index + 16).toString(16)}${prefix}`,
  );
}

/** What an operator changes: an address more, a priority, whether it preempts. */
function change(chance: Chance, plan: InstancePlan): InstancePlan {
  if (plan.routing && chance.percent(40)) {
    return { ...plan, routing: changeRouting(chance, plan.routing, plan.vrid, plan.family) };
  }
  switch (chance.below(4)) {
    case 0: {
      const more = plan.family === 4 ? `10.${plan.vrid}.9.9` : `2001:db8:${plan.vrid}::99`;
      return { ...plan, addresses: [...plan.addresses, more] };
    }
    case 1:
      return plan.addresses.length > 1 ? { ...plan, addresses: plan.addresses.slice(1) } : plan;
    case 2:
      return { ...plan, priorities: plan.priorities.map(priority => Math.min(254, priority + 5)) };
    default:
      return { ...plan, name: `${plan.name}_renamed` };
  }
}

/** From version 2 to 3, node by node. */
function upgrade(plan: InstancePlan): InstancePlan {
  if (plan.version === 3) return plan;
  const start = plan.common.indexOf('authentication {');
  const common = start < 0 ? plan.common : [...plan.common.slice(0, start), ...plan.common.slice(start + 4)];
  return { ...plan, version: 3, common };
}

function render(plan: Plan, place: number, count: number): string {
  const { global, sharedGap, instances, group, script, tracking, balancing } = plan;
  const [first] = instances;
  const syncDaemon = balancing?.syncDaemon && first ? [`lvs_sync_daemon eth0 ${first.name}`] : [];
  const lines = ['global_defs {', ...global, ...syncDaemon, '}'];
  if (sharedGap) {
    const links = [...new Set(instances.map(({ link }) => link))];
    lines.push('garp_group {', sharedGap, 'interfaces {', ...links, '}', '}');
  }
  if (script) lines.push('vrrp_script chk {', ...script, '}');
  lines.push(...renderTracking(tracking));
  if (group) {
    const members = instances.map(({ name }) => name);
    lines.push('vrrp_sync_group GROUP {', 'group {', ...members, '}', 'notify "/usr/bin/notify"', '}');
  }
  for (const instance of instances) lines.push(...renderInstance(instance, place, count));
  if (balancing) lines.push(...renderBalancing(balancing));
  return indented(lines);
}

function renderInstance(plan: InstancePlan, place: number, count: number): string[] {
  const lines = [
    `vrrp_instance ${plan.name} {`,
    `interface ${plan.link}`,
    `version ${plan.version}`,
    `virtual_router_id ${plan.vrid}`,
    `priority ${plan.priorities[place]}`,
    `advert_int ${plan.interval}`,
    ...plan.own[place]!,
    ...plan.common,
    'notify "/usr/bin/notify"',
  ];
  if (plan.unicast) {
    const address = (node: number): string => (plan.family === 4 ? `192.0.2.${node + 1}` : `fe80::${node + 1}`);
    const peers = [...Array(count).keys()].filter(node => node !== place).map(address);
    lines.push(`unicast_src_ip ${address(place)}`, 'unicast_peer {', ...peers, '}');
  }
  lines.push('virtual_ipaddress {', ...plan.addresses, '}');
  if (plan.excluded.length > 0) lines.push('virtual_ipaddress_excluded {', ...plan.excluded, '}');
  if (plan.tracksScript !== undefined) {
    lines.push('track_script {', plan.tracksScript === '0' ? 'chk' : `chk weight ${plan.tracksScript}`, '}');
  }
  lines.push(...plan.trackers);
  if (plan.routing) lines.push(...renderRouting(plan.routing));
  return [...lines, '}'];
}

function indented(lines: readonly string[]): string {
  let depth = 0;
  const text = lines.map(line => {
    if (line.startsWith('}')) depth--;
    const out = `${'  '.repeat(depth)}${line}`;
    if (line.endsWith('{')) depth++;
    return out;
  });
  return `${text.join('\n')}\n`;
}

function shuffled<Value>(chance: Chance, values: readonly Value[]): readonly Value[] {
  const result = [...values];
  for (let place = result.length - 1; place > 0; place--) {
    const other = chance.below(place + 1);
    [result[place], result[other]] = [result[other]!, result[place]!];
  }
  return result;
}
