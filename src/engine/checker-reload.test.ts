// What a reload makes of the servers that stay while their checks change, as keepalived 2.2.7 was seen to do it.
import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { realServer, sorryServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { RunnableScript } from '../ports/script.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';
import type { CheckerConfigurations } from './checker-process.ts';
import { mailSettings } from './mails.testkit.ts';

const script = (text: string): RunnableScript => ({
  command: { type: 'program', argv: [text] },
  identity: undefined,
  text,
});
const scripts = { quorumUp: script('quorum up'), quorumDown: script('quorum down') };
const notifying = (checkers: readonly number[], rest: Partial<RealServerConfiguration> = {}) =>
  realServer(1, { notifyUp: script('up'), notifyDown: script('down'), mail: true, checkers, ...rest });

interface Setting {
  readonly checks: readonly CheckerConfiguration[];
  readonly server?: Partial<RealServerConfiguration>;
  readonly service?: Partial<VirtualServerConfiguration>;
}

function configured({ checks, server, service }: Setting): CheckerConfigurations {
  const first = notifying(
    checks.map((_, place) => place),
    server,
  );
  const { lvs, health } = configurations([virtualServer([first, realServer(2)], { ...scripts, ...service })], checks);
  return { lvs: { ...lvs, mails: { settings: mailSettings, eachChecker: false } }, health };
}

/** What is said, run and mailed at a reload, and the table after it, of a server that has failed or is well. */
function reloaded(before: Setting, after: Setting, isWell = false) {
  const bench = new CheckerBench(configured(before));
  if (!isWell) bench.failing.set('10.0.0.1', { type: 'connection', error: 'ECONNREFUSED' });
  bench.pass(seconds(30));
  const [logs, ran, mails] = [bench.logs.length, bench.scripts.length, bench.mails.length];
  bench.perform(bench.engine.reload(bench.now, configured(after)));
  bench.pass(seconds(0.5));
  return {
    bench,
    said: bench.logs.slice(logs).filter(line => !line.startsWith('Activating')),
    ran: bench.scripts.slice(ran),
    mails: bench.mails.slice(mails).map(({ subject }) => subject),
    table: bench.destinations,
  };
}

const adding = 'Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80';
const nothing = { said: [], ran: [], mails: [] };
const port = (number: number, check = tcpCheck(1)): CheckerConfiguration => {
  if (check.kind !== 'probe' || check.probe.type !== 'tcp') throw new Error('a TCP check');
  return { ...check, probe: { ...check.probe, endpoint: { ...check.probe.endpoint, port: number } } };
};

describe('a server that has failed', () => {
  it('is back, as its script is told, if a reload takes the check away', () => {
    expect(reloaded({ checks: [tcpCheck(1)] }, { checks: [] })).toMatchObject({
      said: [adding],
      ran: ['up'],
      mails: [],
      table: ['1:1', '2:1'],
    });
  });

  it('is back if a reload has another question asked', () => {
    const { bench, ...rest } = reloaded({ checks: [tcpCheck(1)] }, { checks: [port(81)] });
    expect(rest).toMatchObject({ said: [adding], ran: ['up'], table: ['1:1', '2:1'] });
    bench.pass(seconds(20));
    expect(bench.destinations).toEqual(['2:1']);
    expect(bench.scripts.slice(-2)).toEqual(['up', 'down']);
  });

  it.each([
    ['retries', tcpCheck(1, { retries: 5 })],
    ['pauses', tcpCheck(1, { delayLoop: seconds(3), delayBeforeRetry: seconds(2), warmup: seconds(9) })],
    ['alpha', tcpCheck(1, { alpha: true })],
    ['log_all_failures', { ...tcpCheck(1), logAllFailures: true }],
  ])('stays away if a reload changes %s', (_what, check) => {
    const result = reloaded({ checks: [tcpCheck(1)] }, { checks: [check] });
    expect(result).toMatchObject({ ...nothing, table: ['2:1'] });
    result.bench.failing.clear();
    result.bench.pass(seconds(20));
    expect(result.bench.destinations).toEqual(['1:1', '2:1']);
  });

  it('stays away if another of its checks goes, or comes', () => {
    const two = { checks: [tcpCheck(1), port(81)] };
    expect(reloaded(two, { checks: [port(81)] })).toMatchObject({ ...nothing, table: ['2:1'] });
    expect(reloaded({ checks: [tcpCheck(1)] }, two)).toMatchObject({ ...nothing, table: ['2:1'] });
  });

  it('stays away if what is new has to succeed first', () => {
    const after = { checks: [port(81, tcpCheck(1, { alpha: true }))] };
    expect(reloaded({ checks: [tcpCheck(1)] }, after)).toMatchObject({ ...nothing, table: ['2:1'] });
  });

  it('brings its quorum back with it', () => {
    const service = { quorum: 2, sorryServer };
    const result = reloaded({ checks: [tcpCheck(1)], service }, { checks: [], service });
    expect(result).toMatchObject({ ran: ['up', 'quorum up'], table: ['1:1', '2:1'] });
    expect(result.said.slice(0, 2)).toEqual([adding, 'Gained quorum 2+0=2 <= 2 for VS [192.0.2.1]:tcp:80']);
  });
});

describe('a server that is well', () => {
  it.each([
    ['another check', [port(81)]],
    ['its first check', [tcpCheck(1)]],
    ['a check that has to succeed first', [port(81, tcpCheck(1, { alpha: true }))]],
  ])('stays if a reload gives it %s', (what, checks) => {
    const before = what === 'its first check' ? [] : [tcpCheck(1)];
    expect(reloaded({ checks: before }, { checks }, true)).toMatchObject({ ...nothing, table: ['1:1', '2:1'] });
  });

  it('goes, as everybody is told, if a reload gives it a check that others have and that fails', () => {
    const two = (checkers: readonly number[], known: boolean): CheckerConfigurations => {
      const { lvs, health } = configured({ checks: [tcpCheck(1)] });
      const first = lvs.virtualServers[0]!;
      const second = virtualServer([notifying(checkers), realServer(2)], { ...scripts, name: 'second', keys: [] });
      return { lvs: { ...lvs, virtualServers: known ? [first, second] : [first] }, health };
    };
    for (const known of [true, false]) {
      const bench = new CheckerBench(two([], known));
      bench.failing.set('10.0.0.1', { type: 'connection', error: 'ECONNREFUSED' });
      bench.pass(seconds(30));
      const [logs, ran, mails] = [bench.logs.length, bench.scripts.length, bench.mails.length];
      bench.perform(bench.engine.reload(bench.now, two([0], true)));
      expect(bench.logs.slice(logs)).toContain('Removing service [10.0.0.1]:tcp:80 from VS second');
      expect(bench.scripts.slice(ran)).toContain('down');
      expect(bench.mails.slice(mails)).toMatchObject([
        { subject: '[LVS_ONE] Realserver [10.0.0.1]:tcp:80 of virtual server second - DOWN' },
      ]);
    }
  });
});

it('a quorum that a reload sets too high starts as down', () => {
  const result = reloaded({ checks: [] }, { checks: [], service: { quorum: 3 } }, true);
  expect(result).toMatchObject({
    said: ['Starting with quorum down 3+0=3 > 2 for VS [192.0.2.1]:tcp:80'],
    ran: ['quorum down'],
  });
});

it('a server of a service that rests is judged anew by a reload, whatever that changes', () => {
  const resting = virtualServer([notifying([0])], { name: 'resting', haSuspend: true });
  const key = { type: 'fwmark', mark: 7, family: 4 } as const;
  const other = virtualServer([realServer(1, { checkers: [0] })], { name: 'other', keys: [key] });
  const both = configurations([resting, other], [tcpCheck(1)]);
  const bench = new CheckerBench(both);
  bench.send({ type: 'addresses-read', addresses: [] });
  bench.pass(seconds(5));
  bench.failing.set('10.0.0.1', { type: 'connection', error: 'ECONNREFUSED' });
  bench.pass(seconds(60));
  expect(bench.scripts).toEqual([]);
  bench.perform(bench.engine.reload(bench.now, both));
  bench.pass(seconds(1));
  expect(bench.scripts).toEqual(['down']);
});
