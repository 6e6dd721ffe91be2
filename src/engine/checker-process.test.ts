import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { realServer, sorryServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { ProbeFailure } from '../ports/probe.ts';
import type { RunnableScript } from '../ports/script.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';

const refused: ProbeFailure = { type: 'connection', error: 'ECONNREFUSED' };
const script = (text: string): RunnableScript => ({
  command: { type: 'program', argv: [text] },
  identity: undefined,
  text,
});

/** One service with two checked servers, .1 and .2. */
const two = (rest: Parameters<typeof virtualServer>[1] = {}, server: Parameters<typeof realServer>[1] = {}) =>
  configurations(
    [virtualServer([realServer(1, { checkers: [0], ...server }), realServer(2, { checkers: [1], ...server })], rest)],
    [tcpCheck(1), tcpCheck(2)],
  );

describe('the table', () => {
  it('is set up at once and kept while all is well', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:1', '2:1']);
    const before = bench.commands.length;
    bench.pass(seconds(120));
    expect(bench.commands).toHaveLength(before);
  });

  it('loses a server that fails after its retries and gets it back with its first success', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(6.5));
    expect(bench.destinations).toEqual(['1:1', '2:1']);
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['2:1']);
    expect(bench.logs.slice(-2)).toEqual([
      'TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries. (cannot connect: ECONNREFUSED)',
      'Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80',
    ]);
    bench.failing.clear();
    bench.pass(seconds(11));
    expect(bench.destinations).toEqual(['1:1', '2:1']);
    expect(bench.logs.slice(-2)).toEqual([
      'TCP connection to [10.0.0.1]:tcp:80 success.',
      'Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80',
    ]);
  });

  it('that is right already is adopted without a command, one that is not is mended', () => {
    const first = new CheckerBench(two());
    first.pass(seconds(1));
    const again = new CheckerBench(two(), first.table);
    again.pass(seconds(5));
    expect(again.commands).toEqual([]);
    const changed = new CheckerBench(two({}, { weight: 3 }), first.table);
    changed.pass(seconds(5));
    expect(changed.commands.map(({ type }) => type)).toEqual(['edit-destination', 'edit-destination']);
  });

  it('is repaired when somebody else changes it', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    bench.table.clear();
    bench.pass(seconds(60));
    expect(bench.destinations).toEqual(['1:1', '2:1']);
    expect(bench.logs.filter(text => text.includes('repaired'))).toHaveLength(1);
  });

  it('is tried again after a refusal', () => {
    const bench = new CheckerBench(two());
    let refusals = 1;
    bench.refuse = command => (command.type === 'add-destination' && refusals-- > 0 ? 'ENOMEM' : undefined);
    bench.pass(seconds(10));
    expect(bench.logs).toContain('IPVS refused add-destination: ENOMEM');
    expect(bench.destinations).toEqual(['1:1', '2:1']);
  });

  it('is empty after a stop, and untouched with -I', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    bench.perform(bench.engine.stop(bench.now, false));
    bench.pass(seconds(2));
    expect(bench.table.size).toBe(0);
    expect(bench.stopped).toBe(true);
    const kept = new CheckerBench(two());
    kept.pass(seconds(5));
    kept.perform(kept.engine.stop(kept.now, true));
    kept.pass(seconds(2));
    expect(kept.destinations).toEqual(['1:1', '2:1']);
    expect(kept.stopped).toBe(true);
  });
});

describe('quorum and sorry server', () => {
  it('swap together, scripts run once a change', () => {
    const bench = new CheckerBench(
      two(
        { sorryServer, quorumUp: script('/up'), quorumDown: script('/down') },
        { notifyUp: script('/rs-up'), notifyDown: script('/rs-down') },
      ),
    );
    bench.pass(seconds(5));
    bench.failing.set('10.0.0.1', refused).set('10.0.0.2', refused);
    bench.pass(seconds(60));
    expect(bench.destinations).toEqual(['200:1']);
    expect(bench.scripts).toEqual(['/up', '/rs-down', '/rs-down', '/down']);
    expect(bench.logs).toContain('Lost quorum 1-0=1 > 0 for VS [192.0.2.1]:tcp:80');
    bench.failing.clear();
    bench.pass(seconds(60));
    expect(bench.destinations).toEqual(['1:1', '2:1']);
    expect(bench.scripts.slice(4).sort()).toEqual(['/rs-up', '/rs-up', '/up']);
    expect(bench.logs).toContain('Gained quorum 1+0=1 <= 1 for VS [192.0.2.1]:tcp:80');
  });

  it('omega tells everybody at a stop', () => {
    const bench = new CheckerBench(
      two({ omega: true, quorumDown: script('/down') }, { notifyDown: script('/rs-down') }),
    );
    bench.pass(seconds(5));
    bench.perform(bench.engine.stop(bench.now, false));
    bench.pass(seconds(2));
    expect(bench.scripts).toEqual(['/rs-down', '/rs-down', '/down']);
  });
});

describe('checks', () => {
  it('that are alike are run once for all', () => {
    const service = (last: number) =>
      virtualServer([realServer(1, { checkers: [last] })], {
        name: `VS${last}`,
        keys: [{ type: 'fwmark', mark: last + 1, family: 4 }],
      });
    const bench = new CheckerBench(
      configurations([service(0), service(1), service(2)], [tcpCheck(1), tcpCheck(1), tcpCheck(1)]),
    );
    bench.pass(seconds(5));
    expect(bench.probes).toHaveLength(1);
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(30));
    expect([...bench.table.values()].map(({ destinations }) => destinations.length)).toEqual([0, 0, 0]);
  });

  it('start evenly over their warm-up', () => {
    const last = Array.from({ length: 10 }, (_, index) => index + 1);
    const bench = new CheckerBench(
      configurations(
        [virtualServer(last.map((each, place) => realServer(each, { checkers: [place] })))],
        last.map(each => tcpCheck(each, { warmup: seconds(10) })),
      ),
    );
    bench.pass(seconds(15));
    const times = bench.probes.slice(0, 10).map(({ at }) => Math.round(at / 1_000_000));
    expect(times).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('rest while no address of a suspended service is local', () => {
    const bench = new CheckerBench(two({ haSuspend: true }));
    bench.send({ type: 'addresses-read', addresses: [] });
    bench.pass(seconds(30));
    expect(bench.probes).toEqual([]);
    const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
    const address = { linkIndex: 2, address: parseIpAddress('192.0.2.1')!, prefixLength: 32, scope: 0, flags };
    bench.send({ type: 'address-added', address });
    bench.pass(seconds(30));
    expect(bench.probes.length).toBeGreaterThan(2);
    const what = 'healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80';
    bench.send({ type: 'address-removed', address });
    const verbs = bench.logs.filter(text => text.endsWith(what)).map(text => text.split(' ')[0]);
    expect(verbs).toEqual(['Deactivating', 'Activating', 'Suspending']);
  });

  it('in the shadow are reported and not acted upon', () => {
    const bench = new CheckerBench(
      configurations([virtualServer([realServer(1, { checkers: [0] })])], [{ ...tcpCheck(1), shadow: true }]),
    );
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(30));
    expect(bench.destinations).toEqual(['1:1']);
    expect(bench.logs.some(text => text.includes('shadow check'))).toBe(true);
  });

  it('with a dynamic weight set the weight of their server', () => {
    const check = {
      ...tcpCheck(1),
      keyword: 'MISC_CHECK',
      probe: { type: 'script' as const, script: script('/weigh'), timeout: seconds(5), dynamic: true },
    };
    const bench = new CheckerBench(
      configurations([virtualServer([realServer(1, { checkers: [0], weight: 10 })])], [check]),
    );
    bench.statusOf = () => 42;
    bench.pass(seconds(5));
    expect(bench.destinations).toEqual(['1:40']);
    bench.statusOf = () => 0;
    bench.pass(seconds(20));
    expect(bench.destinations).toEqual(['1:10']);
  });
});

describe('a reload', () => {
  it('touches only the service that changed and forgets no health', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(20));
    expect(bench.destinations).toEqual(['2:1']);
    const before = bench.commands.length;
    const changed = configurations(
      [virtualServer([realServer(1, { checkers: [0] }), realServer(2, { checkers: [1], weight: 5 }), realServer(3)])],
      [tcpCheck(1), tcpCheck(2)],
    );
    bench.perform(bench.engine.reload(bench.now, changed));
    bench.pass(seconds(1));
    expect(bench.commands.slice(before).map(({ type }) => type)).toEqual(['edit-destination', 'add-destination']);
    expect(bench.destinations).toEqual(['2:5', '3:1']);
    expect(bench.logs).toContain(
      'Changing weight from 1 to 5 for active service [10.0.0.2]:tcp:80 of VS [192.0.2.1]:tcp:80',
    );
  });

  it('that changes nothing sends nothing', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    const before = bench.commands.length;
    bench.perform(bench.engine.reload(bench.now, two()));
    bench.pass(seconds(1));
    expect(bench.commands).toHaveLength(before);
  });

  it('tells the services of one group by their protocols', () => {
    const of = (protocol: 'tcp' | 'udp', port: number) =>
      virtualServer([realServer(1, { checkers: [0] }), realServer(2)], {
        name: '[g]:0',
        protocol,
        keys: [{ type: 'address', protocol, address: parseIpAddress('192.0.2.1')!, port }],
      });
    const both = configurations([of('tcp', 80), of('udp', 53)], [tcpCheck(1)]);
    const bench = new CheckerBench(both);
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(20));
    const before = bench.commands.length;
    bench.perform(bench.engine.reload(bench.now, both));
    bench.pass(seconds(1));
    expect(bench.commands).toHaveLength(before);
    bench.perform(bench.engine.reload(bench.now, configurations([of('udp', 53)], [tcpCheck(1)])));
    bench.pass(seconds(1));
    expect([...bench.table.keys()]).toEqual(['udp 192.0.2.1 53']);
  });

  it('removes a service that is gone', () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    bench.perform(bench.engine.reload(bench.now, configurations([], [])));
    bench.pass(seconds(30));
    expect(bench.table.size).toBe(0);
    expect(bench.probes.length).toBeLessThan(4);
  });

  it("keeps an operator's word", () => {
    const bench = new CheckerBench(two());
    bench.pass(seconds(5));
    const server = { address: '10.0.0.1', port: 80 };
    bench.perform(bench.engine.override(bench.now, '[192.0.2.1]:tcp:80 tcp', server, 'drain')!);
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:0', '2:1']);
    bench.perform(bench.engine.reload(bench.now, two()));
    bench.pass(seconds(1));
    expect(bench.destinations).toEqual(['1:0', '2:1']);
    expect(bench.engine.override(bench.now, 'nobody', server, 'drain')).toBeUndefined();
  });
});

it("an operator's word on a server is for one of the protocols that a group serves", () => {
  const key = (protocol: 'tcp' | 'udp') =>
    ({ type: 'address', protocol, address: parseIpAddress('192.0.2.1')!, port: 80 }) as const;
  const of = (protocol: 'tcp' | 'udp') =>
    virtualServer([realServer(1)], { name: '[g]:0', keys: [key(protocol)], protocol });
  const bench = new CheckerBench(configurations([of('tcp'), { ...of('udp'), name: '[g]:1' }], []));
  bench.pass(seconds(5));
  const weights = () => [...bench.table.values()].map(entry => entry.destinations[0]!.weight);
  bench.perform(bench.engine.override(bench.now, '[g] udp', { address: '10.0.0.1', port: 80 }, 'drain')!);
  bench.pass(seconds(1));
  expect(weights()).toEqual([1, 0]);
  bench.perform(bench.engine.reload(bench.now, configurations([of('udp'), { ...of('tcp'), name: '[g]:1' }], [])));
  bench.pass(seconds(1));
  expect(weights()).toEqual([1, 0]);
  expect(bench.engine.override(bench.now, '[g]', { address: '10.0.0.1', port: 80 }, 'drain')).toBeUndefined();
});

describe('a new life of the process', () => {
  const service = '[192.0.2.1]:tcp:80 tcp';

  it("begins with the operators' words: a drained server never gets its weight back in between", () => {
    const first = new CheckerBench(two());
    first.pass(seconds(5));
    first.perform(first.engine.override(first.now, service, { address: '10.0.0.1', port: 80 }, 'drain')!);
    first.pass(seconds(1));
    const words = [
      { service, address: '10.0.0.1', port: 80, word: 'drain' },
      { service, address: '10.0.0.9', port: 80, word: 'down' },
    ] as const;
    const second = new CheckerBench(two(), first.table, words);
    second.pass(seconds(5));
    expect(second.commands).toEqual([]);
    expect(second.destinations).toEqual(['1:0', '2:1']);
  });

  it('takes words before it has read the table', () => {
    const bench = new CheckerBench(two());
    const server = { address: '10.0.0.1', port: 80 };
    expect(bench.engine.override(bench.now, service, server, 'drain')).toEqual([]);
    expect(bench.engine.override(bench.now, service, { ...server, address: '10.0.0.2' }, 'down')).toEqual([]);
    expect(bench.engine.override(bench.now, service, server, undefined)).toEqual([]);
    bench.pass(seconds(5));
    expect(bench.destinations).toEqual(['1:1']);
  });
});

it('says once why IPVS cannot be used, and when it can be used again', () => {
  const bench = new CheckerBench(two());
  for (const error of ['ENOENT', 'ENOENT', 'EPERM']) bench.send({ type: 'ipvs-unavailable', error });
  expect(bench.engine.ipvsError).toBe('EPERM');
  bench.pass(seconds(40));
  expect(bench.engine.ipvsError).toBeUndefined();
  expect(bench.logs.filter(text => text.includes('IPVS'))).toEqual([
    'Cannot use IPVS: ENOENT',
    'Cannot use IPVS: EPERM',
    'IPVS can be used now',
  ]);
  expect(bench.destinations).toEqual(['1:1', '2:1']);
});
