import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import { realServer, sorryServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { InterfaceAddress } from '../ports/network.ts';
import type { RunnableScript } from '../ports/script.ts';
import { CheckerBench, configurations, schedule, tcpCheck } from './checker-process.testkit.ts';

const script = (text: string): RunnableScript => ({
  command: { type: 'program', argv: [text] },
  identity: undefined,
  text,
});

/** FILE_CHECK of /run/value. */
const fileCheck = (weight: number, reverse = false): CheckerConfiguration => ({
  keyword: 'FILE_CHECK',
  schedule,
  logAllFailures: false,
  shadow: false,
  kind: 'file',
  name: 'values',
  file: '/run/value',
  weight,
  reverse,
});

describe('FILE_CHECK', () => {
  // As keepalived 2.2.7 has them for a server of weight 10; nothing: it is taken out.
  it.each([
    [2, false, 0, ['1:10']],
    [2, false, 5, ['1:20']],
    [3, true, 5, ['1:0']],
    [2, false, -200, ['1:0']],
    [3, true, -200, ['1:610']],
    [2, false, 1_500_000_000, ['1:2147483647']],
    [3, true, 1_500_000_000, []],
    [2, false, -1_500_000_000, []],
    [3, true, -1_500_000_000, ['1:2147483647']],
    [2, false, 2_147_483_647, ['1:2147483647']],
  ])('of weight %d, reversed %s, with %d', (weight, reverse, value, expected) => {
    const server = realServer(1, { weight: 10, checkers: [0] });
    const bench = new CheckerBench(configurations([virtualServer([server])], [fileCheck(weight, reverse)]));
    bench.pass(seconds(2));
    bench.send({ type: 'file-value', file: '/run/other', value: -9 });
    bench.send({ type: 'file-value', file: '/run/value', value });
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(expected);
    bench.send({ type: 'file-value', file: '/run/value', value: 0 });
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:10']);
  });

  // With weight 0 any value but 0 takes it out; reversed, 0 does.
  it.each([
    [false, ['1:10'], []],
    [true, [], ['1:10']],
  ])('of weight 0, reversed %s', (reverse, withNothing, withSome) => {
    const server = realServer(1, { weight: 10, checkers: [0] });
    const bench = new CheckerBench(configurations([virtualServer([server])], [fileCheck(0, reverse)]));
    bench.pass(seconds(2));
    expect(bench.destinations).toEqual(['1:10']);
    for (const value of [0, 3, 0]) {
      bench.send({ type: 'file-value', file: '/run/value', value });
      bench.pass(seconds(1));
      expect(bench.destinations).toEqual(value === 0 ? withNothing : withSome);
    }
  });

  it('says in the log why a server goes and comes, and then nothing of its weight', () => {
    const server = realServer(1, { weight: 10, checkers: [0] });
    const bench = new CheckerBench(configurations([virtualServer([server, realServer(2)])], [fileCheck(3, true)]));
    bench.pass(seconds(2));
    expect(bench.logs.filter(line => line.startsWith('Activating'))).toEqual([]);
    const begun = bench.logs.length;
    for (const value of [3, 1_500_000_000, 2]) bench.send({ type: 'file-value', file: '/run/value', value });
    expect(bench.logs.slice(begun)).toEqual([
      'Changing weight from 10 to 1 for active service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80',
      '([10.0.0.1]:tcp:80): tracked file values now FAULT state',
      'Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80',
      '([10.0.0.1]:tcp:80): tracked file values leaving FAULT state',
      'Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80',
    ]);
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:4', '2:1']);
  });

  it('of another weight after a reload goes by what the file is known to say', () => {
    const of = (weight: number) =>
      configurations([virtualServer([realServer(1, { weight: 10, checkers: [0] })])], [fileCheck(weight)]);
    const bench = new CheckerBench(of(1));
    bench.pass(seconds(2));
    bench.send({ type: 'file-value', file: '/run/value', value: 3 });
    bench.perform(bench.engine.reload(bench.now, of(2)));
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:16']);
    bench.perform(bench.engine.reload(bench.now, configurations([virtualServer([realServer(1)])], [])));
    bench.perform(bench.engine.reload(bench.now, of(2)));
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:10']);
  });

  it('takes a server out and back, with its scripts', () => {
    const scripts = { notifyUp: script('up'), notifyDown: script('down') };
    const server = realServer(1, { weight: 10, checkers: [0], ...scripts });
    const bench = new CheckerBench(configurations([virtualServer([server])], [fileCheck(2)]));
    bench.pass(seconds(2));
    for (const value of [-2_000_000_000, -3, 4]) bench.send({ type: 'file-value', file: '/run/value', value });
    bench.pass(seconds(1));
    expect(bench.scripts).toEqual(['down', 'up']);
    expect(bench.destinations).toEqual(['1:18']);
  });
});

describe('MISC_CHECK with misc_dynamic', () => {
  it('sets the weight, and fails with 1 only', () => {
    let status = 0;
    const command = script('/run/status');
    const check: CheckerConfiguration = {
      ...tcpCheck(1),
      keyword: 'MISC_CHECK',
      kind: 'probe',
      probe: { type: 'script', script: command, timeout: seconds(5), dynamic: true },
    };
    const bench = new CheckerBench(
      configurations([virtualServer([realServer(1, { weight: 4, checkers: [0] }), realServer(2)])], [check]),
    );
    bench.statusOf = () => status;
    const weights = [0, 10, 2, 255, 0].map(next => {
      status = next;
      bench.pass(seconds(12));
      return bench.destinations;
    });
    expect(weights).toEqual([
      ['1:4', '2:1'],
      ['1:8', '2:1'],
      ['1:0', '2:1'],
      ['1:253', '2:1'],
      ['1:4', '2:1'],
    ]);
  });
});

describe('a suspended service', () => {
  const address = (text: string): InterfaceAddress => ({
    linkIndex: 2,
    address: parseIpAddress(text)!,
    prefixLength: 32,
    scope: 0,
    flags: { deprecated: false, tentative: false, dadFailed: false, secondary: false },
  });

  it('keeps what it knows, though others go on with the same checks, and learns of it when it awakes', () => {
    const here = virtualServer([realServer(1, { checkers: [0] }), realServer(2)], { haSuspend: true });
    const there = virtualServer([realServer(1, { checkers: [0] }), realServer(2)], {
      name: '[192.0.2.2]:tcp:80',
      keys: [{ type: 'address', protocol: 'tcp', address: parseIpAddress('192.0.2.2')!, port: 80 }],
    });
    const bench = new CheckerBench(configurations([here, there], [tcpCheck(1)]));
    const tables = () => [...bench.table.values()].map(({ destinations }) => destinations.map(each => each.address));
    bench.send({ type: 'addresses-read', addresses: [address('192.0.2.1')] });
    bench.pass(seconds(5));
    bench.send({ type: 'address-removed', address: address('192.0.2.1') });
    bench.failing.set('10.0.0.1', { type: 'connection', error: 'ECONNREFUSED' });
    bench.pass(seconds(30));
    expect(tables()).toEqual([['10.0.0.1', '10.0.0.2'], ['10.0.0.2']]);
    const told = (text: string) => bench.logs.filter(line => line === text).length;
    expect(told('TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries. (cannot connect: ECONNREFUSED)')).toBe(
      1,
    );
    bench.send({ type: 'address-added', address: address('192.0.2.1') });
    bench.pass(seconds(1));
    expect(tables()).toEqual([['10.0.0.2'], ['10.0.0.2']]);
  });
});

describe('a service that begins without its quorum', () => {
  const begin = (rest: Parameters<typeof virtualServer>[1]) => {
    const quorum = { quorumUp: script('up'), quorumDown: script('down') };
    const alpha = { ...tcpCheck(1, { alpha: true }) };
    const service = virtualServer([realServer(1, { checkers: [0] })], { alpha: true, ...quorum, ...rest });
    const bench = new CheckerBench(configurations([service], [alpha]));
    bench.pass(seconds(0.5));
    const first = { scripts: [...bench.scripts], logs: bench.logs.filter(line => line.includes('quorum')) };
    bench.pass(seconds(20));
    return { first, scripts: bench.scripts };
  };

  it('says nothing of it, unless somebody has to say sorry', () => {
    expect(begin({})).toEqual({ first: { scripts: [], logs: [] }, scripts: ['up'] });
    const sorry = begin({ sorryServer });
    expect(sorry.first.scripts).toEqual(['down']);
    expect(sorry.first.logs).toHaveLength(1);
    expect(sorry.scripts).toEqual(['down', 'up']);
  });
});
