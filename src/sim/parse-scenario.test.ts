import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { formatStep } from './action.ts';
import { parseScenario } from './parse-scenario.ts';

const statements = [
  'at 10s cut a',
  'at 10s cut a b for 5s',
  'at 10s cut a -> b',
  'at 10s cut a -> * for 250ms',
  'at 20s heal a',
  'at 1s block multicast for 10s',
  'at 1s allow multicast',
  'at 20s heal everything',
  'at 1s lose 30% for 10s',
  'at 1s lose 12.5% on a -> b for 10s',
  'at 1s duplicate 10%',
  'at 1s reorder 10% on a b',
  'at 1s delay 50ms jitter 20ms for 1.5s',
  'at 1s unplug a',
  'at 1s unplug a eth0 for 3s',
  'at 1s plug a eth0',
  'at 1s down a eth0 for 3s',
  'at 1s up a eth0',
  'at 1s rename a eth0 to lan0',
  'at 1s delete a eth0 for 3s',
  'at 1s create a eth0',
  'at 5s freeze a 3s',
  'at 5s suspend a 3s',
  'at 5s late a 200ms for 10s',
  'at 5s crash a',
  'at 5s stop a for 10s',
  'at 5s start a',
  'at 5s power-off a for 60s',
  'at 5s power-on a',
  'at 5s reload a',
  'at 5s reload a with new',
  'at 20s script chk_nginx on a fails',
  'at 20s script chk_nginx on a succeeds',
  'at 20s script chk_nginx on a exits 3',
  'at 20s script chk_nginx on a hangs for 20s',
  'at 20s script chk_nginx on a hangs for ever for 20s',
  'at 20s script chk_nginx on a is missing',
  'at 20s script chk_nginx on a flaps every 2s for 10s',
  'at 5s remove 192.0.2.100 on a',
  'at 5s flush a eth0',
  'at 5s overrun a 200ms',
  'at 5s foreign vrid 51 priority 200 version 3 on eth0 every 500ms for 10s',
  'at 5s garbage every 500ms for 10s',
  'at 5s clock a +3600s',
  'at 5s clock a -10s',
];

describe('the scenario language', () => {
  it.each(statements)('reads and writes "%s"', statement => {
    const { scenario, mistakes } = parseScenario(statement);
    expect(mistakes).toEqual([]);
    expect(scenario.steps.map(formatStep)).toEqual([statement]);
  });

  it('orders steps by time and knows comments, settings and expectations', () => {
    const { scenario, mistakes } = parseScenario(`
      # a comment
      at 20s heal a   # and another
      at 10s cut a
      clients 3
      seed 9
      until 2m
      node a drift -50ppm
      node a address eth0 10.0.0.1/24
      node b held
      expect gap < 4s
      expect dual < 500ms for 192.0.2.100
      expect holder a,b at 15s
      expect holder nobody of 192.0.2.100 at 1s
      expect quiet from 40s
    `);
    expect(mistakes).toEqual([]);
    expect(scenario.steps.map(({ at }) => at)).toEqual([seconds(10), seconds(20)]);
    expect(scenario).toMatchObject({ clientsPerSegment: 3, seed: 9, until: seconds(120) });
    expect(scenario.nodes.get('a')).toEqual({
      driftPpm: -50,
      addresses: new Map([['eth0', [{ address: '10.0.0.1', prefixLength: 24 }]]]),
    });
    expect(scenario.nodes.get('b')).toEqual({ held: true });
    expect(scenario.expectations.map(({ value }) => value)).toEqual([
      { type: 'gap', below: seconds(4), address: undefined },
      { type: 'dual', below: milliseconds(500), address: '192.0.2.100' },
      { type: 'holder', nodes: ['a', 'b'], address: undefined, at: seconds(15) },
      { type: 'holder', nodes: [], address: '192.0.2.100', at: seconds(1) },
      { type: 'quiet', from: seconds(40) },
    ]);
  });

  it.each([
    ['at 10 cut a', '"10" is no time'],
    ['at 10s cut', 'the name of a node is missing'],
    ['at 10s explode a', '"explode" is nothing that can happen'],
    ['at 10s freeze a 3s please', '"please" is not understood here'],
    ['at 1s lose 130%', '"130%" is no percentage'],
    ['at 1s remove x on a', '"x" is no IP address'],
    ['at 1s script s on a dances', 'not "dances"'],
    ['expect gap 3s', '"<" is expected, not "3s"'],
    ['expect joy', 'not "joy"'],
    ['node a drift fast', '"fast" is no drift'],
    ['clients 101', 'the number of clients is 0 .. 100'],
  ])('refuses "%s"', (text, message) => {
    const { mistakes } = parseScenario(`until 1m\n${text}`);
    expect(mistakes).toEqual([{ line: 2, message: expect.stringContaining(message) }]);
  });
});
