import { describe, expect, it } from 'vitest';
import { entryText } from '../../src/sim/fake-routing.ts';
import { everySingleFault } from '../../src/sim/fault-table.ts';
import { vrrpConfigurationOf } from '../../src/sim/load-node.ts';
import { parseScenario } from '../../src/sim/parse-scenario.ts';
import { complaints, type SimulationResult } from '../../src/sim/simulation.ts';
import { configuration, logOf, play } from './scenario.testkit.ts';

const routing = `
virtual_routes {
  10.1.0.0/24 dev eth1
  2001:db8:1::/64 dev eth1 no_track
  blackhole 10.2.0.0/24
}
virtual_rules {
  from 10.9.0.0/24 table 200 preference 100
}`;
const all = ['route 10.1.0.0/24', 'route 10.2.0.0/24', 'route 2001:db8:1::/64', 'rule 100'];
const pair = { a: configuration(110, routing), b: configuration(100, routing) };

/** What the kernels have in the end. */
function held({ world }: SimulationResult): Record<string, string[]> {
  return Object.fromEntries(
    world.nodes.map(({ name, kernel }) => [name, [...kernel.routing.entries].map(entry => entryText(entry)).sort()]),
  );
}

describe('virtual routes and rules', () => {
  it('are where the master is, by interfaces that nothing else names', () => {
    expect(held(play(pair, 'until 20s'))).toEqual({ a: all, b: [] });
    expect(held(play(pair, 'at 20s cut a for 10s\nuntil 25s'))).toEqual({ a: all, b: all });
    expect(held(play(pair, 'at 20s power-off a\nuntil 40s'))).toEqual({ a: [], b: all });
  });

  it('make the master give up when another program takes them away, and come back with the next mastership', () => {
    for (const what of ['route 10.1.0.0/24', 'rule 100']) {
      const result = play(pair, `at 20s remove ${what} on a\nexpect gap < 1s\nuntil 40s`);
      expect(logOf(result, 'a').some(line => line.startsWith('20') && line.includes('removed by another'))).toBe(true);
      expect(held(result)).toEqual({ a: all, b: [] });
    }
  });

  it('with no_track may be missing', () => {
    const result = play(pair, 'at 20s remove route 2001:db8:1::/64 on a\nexpect quiet from 10s\nuntil 40s');
    expect(held(result)['a']).toEqual(all.filter(text => !text.includes('2001')));
  });

  it('mean FAULT without their interface, and return with it', () => {
    const result = play(pair, 'at 20s down a eth1 for 10s\nexpect holder b at 25s\nexpect holder a at 50s\nuntil 60s');
    expect(held(result)).toEqual({ a: all, b: [] });
  });

  it('are lost once each among all single faults, and so are files that say no', () => {
    const down = 'vrrp_track_file down {\n  file /run/down\n}\n';
    const tracked = 'track_file {\n  down weight 0\n}';
    const nodes = Object.entries(pair).map(([name, text]) => ({
      name,
      configuration: vrrpConfigurationOf(name, down + text.replace('virtual_routes', `${tracked}\nvirtual_routes`)),
    }));
    const { scenario } = parseScenario('');
    const faults = everySingleFault({ nodes, scenario });
    const done = faults.map(({ faults: [text] }) => text);
    expect(done).toEqual(
      expect.arrayContaining([...all.map(text => `remove ${text} on a`), 'file down on b says 1 for 20s']),
    );
    expect(faults.flatMap(({ concerns }) => concerns)).toEqual([]);
    const fallen = faults.find(({ faults: [text] }) => text?.startsWith('file down on a'));
    expect(fallen?.addresses.map(({ before, during, after }) => [before, during, after])).toEqual([
      [['a'], ['b'], ['a']],
    ]);
  });

  it('that do not exist cannot be removed', () => {
    const { scenario } = parseScenario('at 20s remove route 10.7.0.0/24 on a');
    const nodes = [{ name: 'a', configuration: vrrpConfigurationOf('a', pair.a) }];
    expect(complaints({ nodes, files: new Map(), scenario })).toEqual([
      `a has no route 10.7.0.0/24, but ${all[0]}, ${all[2]}, ${all[1]}, ${all[3]}`,
    ]);
  });
});
