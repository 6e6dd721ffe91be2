// What `holdfast check` foretells, beside what the engine does with the same files in the simulated network.
import { describe, expect, it } from 'vitest';
import { type Duration, milliseconds, plus, seconds, zero } from '../../src/base/duration.ts';
import { elapsed } from '../../src/base/instant.ts';
import { type Prng, seededPrng } from '../../src/base/prng.ts';
import { load } from '../../src/engine/configuration.testkit.ts';
import { buildCluster } from '../../src/sim/cluster.ts';
import { vrrpConfigurationOf } from '../../src/sim/load-node.ts';
import type { SimNode } from '../../src/sim/sim-node.ts';
import type { World } from '../../src/sim/world.ts';
import { checkCluster } from '../../src/vrrp/cluster/check-cluster.ts';
import { clusterNode } from '../../src/vrrp/cluster/cluster-router.ts';
import { type Holder, type Prediction, sameHolder } from '../../src/vrrp/cluster/prediction.ts';
import { eventText, type Fault } from '../../src/vrrp/cluster/standing.ts';

/** Longer than any election here takes, checks of scripts and the boot of a machine included. */
const settling = seconds(90);
/** Timers wake a little late; and we look every 10 ms only. */
const ordinaryLateness = milliseconds(30);
/** A script is run once a second, and a run takes a moment. */
const scriptInterval = milliseconds(1_010);

/** Two or three files, close enough in priority that weights matter and ties happen. */
function randomFiles(prng: Prng): string[] {
  const pick = <Value>(...values: readonly Value[]): Value => values[prng.below(values.length)]!;
  const weight = (): string =>
    pick('', ' weight -10', ' weight -20', ' weight 10', ' weight 20', ' weight -10 reverse');
  const version = pick(2, 3);
  const calm = pick('none', 'none', 'all', 'one');
  const grouped = prng.below(3) === 0;
  const keepsWeight = prng.below(2) === 0;
  const sources = prng.below(2) === 0;
  const same = prng.below(2) === 0;
  const common = [weight(), weight(), weight()] as const;
  return Array.from({ length: 2 + prng.below(2) }, (_, place) => {
    const [first, second, link] = same ? common : [weight(), weight(), weight()];
    const priority = pick(100, 105, 110, 120);
    const instance = (name: string, vrid: number, device: string, address: string, lines: readonly string[]): string =>
      [
        `vrrp_instance ${name} {`,
        `interface ${device}`,
        `virtual_router_id ${vrid}`,
        `version ${version}`,
        `priority ${priority}`,
        calm === 'all' || (calm === 'one' && place === 0) ? 'nopreempt' : '',
        sources ? `mcast_src_ip 10.${vrid}.0.${10 + place}` : '',
        `virtual_ipaddress {\n${address}\n}`,
        ...lines,
        '}\n',
      ].join('\n');
    const trackers = [
      `track_script {\ns${first}\n${prng.below(2) === 0 ? `t${second}` : ''}\n}`,
      prng.below(2) === 0 ? `track_interface {\neth2${link}\n}` : '',
    ];
    const group = `vrrp_sync_group G {\ngroup {\nV\nW\n}\n${keepsWeight ? 'sync_group_tracking_weight' : ''}\n${prng.below(2) === 0 ? 'track_script {\nt\n}' : ''}\n}\n`;
    return [
      'global_defs {\nenable_script_security\nscript_user root\n}\n',
      'vrrp_script s {\nscript /bin/true\n}\nvrrp_script t {\nscript /bin/true\nweight -10\n}\n',
      instance('V', 1, 'eth0', '10.1.0.1/24', grouped && !keepsWeight ? [] : trackers),
      grouped ? instance('W', 2, 'eth1', '10.2.0.1/24', keepsWeight ? trackers : []) : '',
      grouped ? group : '',
    ].join('');
  });
}

function namesOf(holder: Holder): string[] {
  if (holder.type === 'nobody') return [];
  return (holder.type === 'member' ? [holder.member] : holder.members).map(({ node }) => node.name);
}

const mastersIn = (world: World, router: string): string[] =>
  world.nodes.filter(node => node.powered && node.states.get(router) === 'master').map(({ name }) => name);

function strike(node: SimNode, fault: Fault, usuallyFailing: boolean): void {
  if (fault.type === 'host') node.powerOff();
  else if (fault.type === 'interface') node.kernel.setCarrier(fault.name, false);
  else node.scripts.behave(fault.name, { type: 'exits', status: usuallyFailing ? 0 : 1 });
}

function repair(node: SimNode, fault: Fault, usuallyFailing: boolean): void {
  if (fault.type === 'host') node.powerOn(seconds(15));
  else if (fault.type === 'interface') node.kernel.setCarrier(fault.name, true);
  else node.scripts.behave(fault.name, { type: 'exits', status: usuallyFailing ? 1 : 0 });
}

function timeToTakeOver(world: World, router: string, heirs: readonly string[]): Duration {
  const start = world.now;
  const step = milliseconds(10);
  while (elapsed(start, world.now) < settling && !mastersIn(world, router).some(name => heirs.includes(name)))
    world.pass(step);
  return elapsed(start, world.now);
}

/** Plays a prediction; what does not come true. */
function play(texts: readonly string[], router: string, prediction: Prediction, seed: number): string[] {
  const nodes = texts.map((text, place) => {
    const name = 'abc'[place]!;
    return { name, configuration: vrrpConfigurationOf(name, text) };
  });
  const world = buildCluster(nodes, { seed, clientsPerSegment: 0, detail: false, start: false });
  const { fault, before, after, recovered, within } = prediction;
  for (const { member } of prediction.standings) {
    const { name, usuallyFailing } = member.node;
    for (const script of usuallyFailing) world.node(name)!.scripts.behave(script, { type: 'exits', status: 1 });
  }
  // Whoever is master before the fault comes first; it must keep the addresses when the others come.
  const first = before.type === 'member' ? before.member.node.name : undefined;
  if (first !== undefined) {
    world.node(first)!.start();
    world.pass(settling);
  }
  for (const node of world.nodes) if (node.name !== first) node.start();
  world.pass(settling);
  const wrong: string[] = [];
  const expectHolder = (when: string, holder: Holder): void => {
    const masters = mastersIn(world, router);
    const names = namesOf(holder);
    const right = names.length === 0 ? masters.length === 0 : masters.length === 1 && names.includes(masters[0]!);
    if (!right) wrong.push(`${when}: foretold ${names.join('/') || 'nobody'}, is ${masters.join(', ') || 'nobody'}`);
  };
  const struck = world.node(fault.node.name)!;
  const unusual = fault.type === 'script' && fault.node.usuallyFailing.has(fault.name);
  expectHolder('before', before);
  strike(struck, fault, unusual);
  const span = timeToTakeOver(world, router, namesOf(after));
  // Equals in a sync group may fall back and forth for a while, which check says.
  const predictable = after.type === 'member' || (after.type === 'either' && !after.members[0]!.written.group);
  if (!sameHolder(before, after) && predictable) {
    const bound = plus(plus(within, ordinaryLateness), fault.type === 'script' ? scriptInterval : zero);
    if (span > bound) wrong.push(`foretold within ${within} us, took ${span} us`);
  }
  world.pass(settling);
  expectHolder('during', after);
  repair(struck, fault, unusual);
  world.pass(settling);
  expectHolder('afterwards', recovered);
  return wrong.map(text => `${eventText(fault)}: ${text}`);
}

describe('the forecast comes true in the engine', () => {
  it.each(Array.from({ length: 6 }, (_, index) => 10 + index))('seed %i', seed => {
    const prng = seededPrng(seed);
    for (let round = 0; round < 4; round++) {
      const texts = randomFiles(prng);
      const nodes = texts.map((text, place) => clusterNode('abc'[place]!, load(text, {}, true).written!));
      const { forecasts } = checkCluster(nodes);
      for (const { router, predictions } of forecasts) {
        for (const prediction of predictions) {
          const wrong = play(texts, router.name, prediction, seed);
          expect(wrong, `${router.name} of\n${texts.join('\n---\n')}`).toEqual([]);
        }
      }
    }
  });
});
