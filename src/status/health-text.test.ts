import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { CheckerBench, configurations, tcpCheck } from '../engine/checker-process.testkit.ts';
import type { CheckerConfigurations } from '../engine/checker-process.ts';
import { realServer, sorryServer, virtualServer } from '../lvs/lvs.testkit.ts';
import { checkDataOf } from './check-data.ts';
import { renderCheckConfiguration, renderCheckData } from './check-data-text.ts';
import { type HealthStatus, healthPortions, healthStatusOf } from './health-status.ts';
import { isAllWell, renderHealth } from './health-text.ts';

const epoch = 1_795_151_901_000;

/** One service with two servers, .1 and .2, and what its engine says after so many seconds. */
const configuration = configurations(
  [
    virtualServer([realServer(1, { checkers: [0] }), realServer(2, { checkers: [1], weight: 5 })], {
      sorryServer,
      quorum: 3,
      hysteresis: 1,
    }),
  ],
  [tcpCheck(1), { ...tcpCheck(2), shadow: true }],
);
const statusOf = (bench: CheckerBench): HealthStatus => healthStatusOf(bench.engine, bench.now, epoch);
const dumpOf = (of: CheckerConfigurations, { engine, now }: CheckerBench): string[] => [
  ...renderCheckData(of, checkDataOf(engine, now, epoch)),
];

describe('renderHealth', () => {
  it('shows who is up, and what each check found', () => {
    const bench = new CheckerBench(configuration);
    bench.pass(seconds(3));
    expect(renderHealth(statusOf(bench)).split('\n')).toEqual([
      '[192.0.2.1]:tcp:80  UP  wlc, weight 6 of quorum 3 +- 1',
      '  [10.0.0.1]:tcp:80  up    weight 1',
      '    TCP_CHECK 10.0.0.1:80: up, ok in 1.0 ms, 2.0 s ago; next in 8.0 s',
      '  [10.0.0.2]:tcp:80  up    weight 5',
      '    TCP_CHECK 10.0.0.2:80 (shadow): up, ok in 1.0 ms, 2.0 s ago; next in 8.0 s',
      '  sorry server [10.0.0.200]:80',
      '',
    ]);
    expect(isAllWell(statusOf(bench))).toBe(true);
  });

  it('shows connections where they were counted, and the protocol of a group', () => {
    const group = virtualServer([realServer(1), realServer(2), realServer(3)], { name: '[g]:0', protocol: 'udp' });
    const bench = new CheckerBench(configurations([group], []));
    bench.pass(seconds(3));
    const counts = new Map([
      ['10.0.0.1 80', { active: 3, inactive: 2 }],
      ['10.0.0.2 80', { active: 1, inactive: 0 }],
    ]);
    const status = healthStatusOf(bench.engine, bench.now, epoch, { connections: () => counts });
    expect(renderHealth(status).split('\n')).toEqual([
      '[g]:0/udp  UP  wlc, weight 3 of quorum 1',
      '  [10.0.0.1]:tcp:80  up    weight 1  3 connections and 2 inactive',
      '  [10.0.0.2]:tcp:80  up    weight 1  1 connection',
      '  [10.0.0.3]:tcp:80  up    weight 1',
      '',
    ]);
    expect(status.virtualServers[0]).toMatchObject({
      protocol: 'udp',
      servers: [{ connections: { active: 3 } }, {}, {}],
    });
  });

  it('shows failures, retries and what an operator said', () => {
    const bench = new CheckerBench(configuration);
    bench.pass(seconds(3));
    bench.failing.set('10.0.0.1', { type: 'protocol', excerpt: 'SSH-2.0' });
    bench.pass(seconds(8.5));
    bench.perform(
      bench.engine.override(bench.now, '[192.0.2.1]:tcp:80 tcp', { address: '10.0.0.2', port: 80 }, 'drain') ?? [],
    );
    const text = renderHealth(statusOf(bench));
    expect(text).toContain('up, unexpected reply: SSH-2.0 in 1.0 ms, 497 ms ago; 1 of 1 retries used; next in 503 ms');
    expect(text).toContain('[10.0.0.2]:tcp:80  up    weight 0 (configured 5)  set to drain by an operator');
    expect(text).toContain('[192.0.2.1]:tcp:80  DOWN');
    expect(text).toContain('sorry server [10.0.0.200]:80  SERVING');
    expect(isAllWell(statusOf(bench))).toBe(false);
  });

  it('says what it does not know yet', () => {
    const bench = new CheckerBench(configuration);
    bench.send({ type: 'ipvs-unavailable', error: 'no module ip_vs' });
    const status = statusOf(bench);
    expect(renderHealth(status)).toMatch(/^IPVS cannot be used: no module ip_vs\n\n\[192.0.2.1\]/);
    expect(renderHealth(status)).toContain('TCP_CHECK 10.0.0.1:80: up, next in 1.0 s');
    expect(renderHealth({ ...status, ipvsError: undefined, virtualServers: [] })).toBe('no virtual servers\n');
  });
});

describe('what is said of a check', () => {
  const scripted = (text: string) =>
    configurations(
      [virtualServer([realServer(1, { checkers: [0] })])],
      [
        {
          ...tcpCheck(1),
          kind: 'probe',
          keyword: 'MISC_CHECK',
          probe: {
            type: 'script',
            script: { command: { type: 'program', argv: [text, '--password', 'secret'] }, identity: undefined, text },
            timeout: seconds(1),
            dynamic: true,
          },
        },
      ],
    );

  it('has no secrets', () => {
    const bench = new CheckerBench(scripted('/usr/bin/probe'));
    bench.pass(seconds(0.5));
    expect(statusOf(bench).virtualServers[0]?.servers[0]?.checks[0]?.target).toBe('/usr/bin/probe');
    expect(JSON.stringify(statusOf(bench))).not.toContain('secret');
    expect(dumpOf(scripted('/usr/bin/probe'), bench).join('')).not.toContain('secret');
  });
});

describe('a group whose packets are marked', () => {
  const address = ip('192.0.2.1');
  const group = virtualServer([realServer(1)], {
    name: '[g]:1',
    marked: [{ first: address, last: address, port: 80 }],
  });
  const marking = { table: 'lb', priority: -1, counters: true, startMark: 1_000 };
  const marked = configurations([group, virtualServer([])], [], { marking });

  it('is shown with its mark', () => {
    const bench = new CheckerBench(marked);
    bench.pass(seconds(3));
    expect(renderHealth(statusOf(bench))).toContain('[g]:1/tcp  UP  wlc, weight 1 of quorum 1, mark 1000\n');
    expect(statusOf(bench).virtualServers.map(({ mark }) => mark)).toEqual([1_000, undefined]);
    const lines = dumpOf(marked, bench).join('').split('\n');
    expect(lines).toContain(' Marks by nftables: table lb, priority -1, from mark 1000, with counters');
    expect(lines.filter(line => line.includes('Services ='))).toEqual([
      '   Services = by mark 1000',
      '   Services = 1',
    ]);
  });

  it('has none where nothing can be marked', () => {
    const bench = new CheckerBench(marked);
    bench.refuseMarking = 'the kernel answers EPERM';
    bench.pass(seconds(3));
    expect(renderHealth(statusOf(bench))).not.toContain('mark');
    expect(dumpOf(marked, bench).join('')).not.toContain('by mark');
  });
});

describe('the dump', () => {
  it('has the configuration, with the state only if there is one', () => {
    const bench = new CheckerBench(configuration);
    bench.pass(seconds(3));
    const data = dumpOf(configuration, bench).join('');
    expect(data.split('\n').slice(0, 20)).toEqual([
      '------< LVS Topology >------',
      ' Flush at start = false',
      ' At stop = destinations',
      ' Virtual Server = [192.0.2.1]:tcp:80',
      '   State = UP, weight 6',
      '   Services = 1',
      '   Scheduler = wlc',
      '   Quorum = 3, hysteresis 1',
      '   Alpha = false, omega = false, ha_suspend = false',
      '   Using smtp notification = no',
      '   Sorry server = [10.0.0.200]:80, NAT',
      '   Real Server = [10.0.0.1]:tcp:80',
      '     State = UP, effective weight 1',
      '     Forwarding = NAT',
      '     Weight = 1',
      '     Using smtp notification = no',
      '     Check = TCP_CHECK 10.0.0.1:80',
      '       Every 10 sec, 1 retries after 1 sec',
      '       State = UP, failures 0',
      '       Last = ok, took 0.001 sec, at 1795151899.002',
    ]);
    expect([...renderCheckConfiguration(configuration)].join('\n')).not.toContain('State');
  });
});

describe('of thousands of servers', () => {
  it('-d makes a line when it is asked for it', () => {
    let asked = 0;
    const servers = Array.from({ length: 20_000 }, (_, place) => {
      const { weight, ...server } = realServer(1, { port: place + 1 });
      return {
        ...server,
        get weight() {
          asked += 1;
          return weight;
        },
      };
    });
    const lines = renderCheckConfiguration(configurations([virtualServer(servers)], []));
    let taken = 0;
    while (taken < 1_000 && !lines.next().done) taken += 1;
    expect(taken).toBe(1_000);
    expect(asked).toBeGreaterThan(100);
    expect(asked).toBeLessThan(500);
  });

  const count = 1_000;
  const many = configurations(
    Array.from({ length: count / 4 }, (_, service) =>
      virtualServer(
        [1, 2, 3, 4].map(last => realServer(last, { checkers: [last - 1] })),
        { name: `VS${service}`, keys: [{ type: 'fwmark', mark: service + 1, family: 4 }] },
      ),
    ),
    [1, 2, 3, 4].map(last => tcpCheck(last)),
  );

  const inOne = configurations(
    [virtualServer(Array.from({ length: count }, (_, place) => realServer(1, { port: place + 1, checkers: [0] })))],
    [tcpCheck(1)],
  );

  it.each([
    ['of many virtual servers', many],
    ['of a single one', inOne],
  ])('health and dump %s come in portions that are the same together', (_, configuration) => {
    const bench = new CheckerBench(configuration);
    bench.pass(seconds(3));
    const health = [...healthPortions(bench.engine, bench.now, epoch)];
    expect(JSON.parse(health.join(''))).toEqual(JSON.parse(JSON.stringify(statusOf(bench))));
    for (const portions of [health, dumpOf(configuration, bench)]) {
      expect(portions.length).toBeGreaterThan(count / 150);
      for (const text of portions) expect(text.match(/TCP_CHECK/g)?.length ?? 0).toBeLessThanOrEqual(104);
    }
  });

  it('health of one is that one only', () => {
    const bench = new CheckerBench(many);
    bench.pass(seconds(3));
    const of = { only: 'VS7 tcp' };
    const one = [...healthPortions(bench.engine, bench.now, epoch, of)].join('');
    expect(JSON.parse(one)).toEqual(JSON.parse(JSON.stringify(healthStatusOf(bench.engine, bench.now, epoch, of))));
    expect(
      JSON.parse([...healthPortions(bench.engine, bench.now, epoch, { only: 'nobody' })].join('')).virtualServers,
    ).toEqual([]);
  });

  it('the dump finds its servers while another order of them is about to take effect', () => {
    const bench = new CheckerBench(configuration);
    bench.pass(seconds(3));
    const [service] = configuration.lvs.virtualServers;
    const turned = { ...service!, realServers: [...service!.realServers].reverse() };
    const lines = dumpOf({ ...configuration, lvs: { ...configuration.lvs, virtualServers: [turned] } }, bench)
      .join('')
      .split('\n');
    expect(lines.filter(line => /Real Server|effective weight/.test(line))).toEqual([
      '   Real Server = [10.0.0.2]:tcp:80',
      '     State = UP, effective weight 5',
      '   Real Server = [10.0.0.1]:tcp:80',
      '     State = UP, effective weight 1',
    ]);
  });

  it('and goes on through what a reload has changed meanwhile', () => {
    const bench = new CheckerBench(inOne);
    bench.pass(seconds(3));
    const health = healthPortions(bench.engine, bench.now, epoch);
    const texts = [health.next().value, health.next().value];
    bench.perform(bench.engine.reload(bench.now, configurations([], [])));
    bench.pass(seconds(3));
    expect(bench.engine.services).toEqual([]);
    const [server] = JSON.parse([...texts, ...health].join('')).virtualServers;
    expect(server.servers).toHaveLength(count);
  });
});
