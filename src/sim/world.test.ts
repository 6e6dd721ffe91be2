import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { buildCluster } from './cluster.ts';
import { Director } from './director.ts';
import { vrrpConfigurationOf } from './load-node.ts';
import { parseScenario } from './parse-scenario.ts';
import { TraceHash } from './trace-hash.ts';
import type { World } from './world.ts';

const vip = parseIpAddress('192.0.2.100')!;
const file = (priority: number, more = ''): string => `
vrrp_script chk {
  script "/usr/bin/chk"
  interval 1
  weight -60
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress { 
    192.0.2.100 
  }
  track_script { 
    chk 
  }
  ${more}
}
`;

function play(text: string, seed = 1): { world: World; hash: TraceHash; director: Director } {
  const nodes = [
    { name: 'a', configuration: vrrpConfigurationOf('a', file(150)), driftPpm: 40 },
    { name: 'b', configuration: vrrpConfigurationOf('b', file(100)), driftPpm: -40 },
  ];
  const world = buildCluster(nodes, { seed, clientsPerSegment: 1, detail: true, start: true });
  const hash = new TraceHash();
  world.watch(hash);
  const director = new Director(world, new Map());
  const { scenario, mistakes } = parseScenario(text);
  expect(mistakes).toEqual([]);
  for (const { action } of scenario.steps) expect(director.complaint(action)).toBeUndefined();
  director.plan(scenario.steps);
  return { world, hash, director };
}

const holders = (world: World): readonly string[] =>
  world.nodes.filter(node => node.kernel.holdsAnywhere(vip)).map(({ name }) => name);
const macOf = (world: World, name: string): string => world.node(name)!.kernel.links[0]!.mac;
const clientEntry = (world: World): string | undefined => world.clients[0]!.neighbours.get(vip);

const storm = `
  at 10s lose 20% for 20s
  at 12s freeze a 4s
  at 14s duplicate 30% for 20s
  at 15s crash b
  at 21s cut a b for 5s
  at 31s reorder 50% for 10s
  at 33s late a 700ms for 9s
  at 44s script chk on a flaps every 3s for 20s
  at 50s overrun b 300ms
  at 55s flush a eth0
  at 70s garbage for 5s
`;

describe('the world', () => {
  it('is the same twice from the same seed, and another from another', () => {
    const run = (seed: number): string => {
      const { world, hash } = play(storm, seed);
      world.pass(seconds(120));
      return hash.value;
    };
    const first = run(1);
    expect(run(1)).toBe(first);
    expect(run(2)).not.toBe(first);
  });

  it('does not care how the time is cut into pieces', () => {
    const whole = play(storm);
    whole.world.pass(seconds(120));
    const pieces = play(storm);
    for (let count = 0; count < 1_200; count++) pieces.world.pass(milliseconds(100));
    expect(pieces.hash.value).toBe(whole.hash.value);
  });

  it('has one master whom the client knows', () => {
    const { world } = play('');
    world.pass(seconds(10));
    expect(holders(world)).toEqual(['a']);
    expect(clientEntry(world)).toBe(macOf(world, 'a'));
  });

  it('cuts a node off with its carrier up: two masters, and one again when it heals', () => {
    const { world } = play('at 10s cut a for 10s');
    world.pass(seconds(19));
    expect(holders(world)).toEqual(['a', 'b']);
    expect(clientEntry(world)).toBe(macOf(world, 'b'));
    world.pass(seconds(10));
    expect(holders(world)).toEqual(['a']);
  });

  it('takes the carrier away: FAULT', () => {
    const { world } = play('at 10s unplug a');
    world.pass(seconds(15));
    expect(holders(world)).toEqual(['b']);
    expect(world.node('a')!.states.get('VI_1')).toBe('fault');
  });

  it('leaves the addresses of a process that crashed until another one cleans up', () => {
    const { world } = play('at 10s crash a');
    world.pass(seconds(10.1));
    expect(world.node('a')!.engine).toBeUndefined();
    expect(holders(world)).toEqual(['a']);
    world.pass(seconds(0.3));
    expect(holders(world)).toEqual([]);
    world.pass(seconds(4));
    expect(holders(world)).toEqual(['a']);
  });

  it('loses what a machine without power had', () => {
    const { world } = play('at 10s power-off a for 30s');
    world.pass(seconds(20));
    expect(holders(world)).toEqual(['b']);
    expect(clientEntry(world)).toBe(macOf(world, 'b'));
    world.pass(seconds(40));
    expect(holders(world)).toEqual(['a']);
    expect(clientEntry(world)).toBe(macOf(world, 'a'));
  });

  it('freezes a process: its kernel still answers, its timers are late', () => {
    const { world } = play('at 10s freeze a 6s');
    world.pass(seconds(15.9));
    expect(holders(world)).toEqual(['a', 'b']);
    world.pass(seconds(4));
    expect(holders(world)).toEqual(['a']);
    expect(clientEntry(world)).toBe(macOf(world, 'a'));
  });

  it('does not mind a step of the wall clock', () => {
    const quiet = play('');
    const stepped = play('at 10s clock a +3600s\nat 12s clock a -7200s');
    const count = (world: World): { states: string[] } => {
      const states: string[] = [];
      world.watch({
        observe: (now, seen) => {
          if (seen.type === 'state' || seen.type === 'advertisement-sent')
            states.push(`${now} ${JSON.stringify(seen)}`);
        },
      });
      world.pass(seconds(30));
      return { states };
    };
    expect(count(stepped.world)).toEqual(count(quiet.world));
    expect(stepped.world.node('a')!.clock.wallStep).toBe(seconds(-3_600));
  });

  it('stops gracefully within the skew time', () => {
    const { world } = play('at 10s stop a');
    world.pass(seconds(10.7));
    expect(holders(world)).toEqual(['b']);
    expect(world.node('a')!.engine).toBeUndefined();
  });

  it('says what a scenario names that is not there', () => {
    const { director } = play('');
    const complaints = ['freeze z 1s', 'script x on a fails', 'down a eth7', 'cut a z', 'reload a with z'].map(text =>
      director.complaint(parseScenario(text).scenario.steps[0]!.action),
    );
    expect(complaints).toEqual([
      'there is no node "z"',
      'a tracks no script "x", but chk',
      'a has no interface "eth7", but eth0',
      'there is nobody named "z"',
      'there is no file "z"',
    ]);
  });
});
