import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, seconds } from '../base/duration.ts';
import { elapsed } from '../base/instant.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { MacAddress } from '../base/mac-address.ts';
import { gratuitousArp } from '../packet/arp.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import { masterDownInterval, skewTime } from '../vrrp/intervals.ts';
import {
  configuration,
  noScripts,
  router,
  script,
  syncGroup,
  trackScript,
  virtualAddress,
} from '../vrrp/router.testkit.ts';
import { TestSegment } from './vrrp-process.testkit.ts';

const down = (priority: number) => masterDownInterval(2, priority, seconds(1), 3);

/** a (priority 100, 192.0.2.1) is master of VI_1, b (90, 192.0.2.2) its backup; both have run for 10 s. */
function pair(
  overrides: Parameters<typeof router>[0] = {},
  ofB: Parameters<typeof router>[0] = {},
  segment = new TestSegment(),
) {
  const a = segment.node('a', configuration([router(overrides)]), '192.0.2.1');
  const b = segment.node('b', configuration([router({ ...overrides, priority: 90, ...ofB })]), '192.0.2.2');
  segment.pass(seconds(10));
  return { segment, a, b };
}

describe('a lone backup', () => {
  it('becomes master after one down interval, advert first, then addresses, then ARPs', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router()]), '192.0.2.1');
    segment.pass(microseconds(down(100) - 1));
    expect(a.state()).toBe('backup');
    segment.pass(microseconds(1));
    expect(a.state()).toBe('master');
    segment.pass(milliseconds(1));
    const types = a.effects.map(({ effect }) => effect.type);
    expect(types).toEqual(['open-channel', 'send-packet', 'change-addresses', 'send-frames']);
    expect(a.addresses).toEqual(['192.0.2.100']);
    expect(a.logs).toEqual([
      '(VI_1) removing VIPs.',
      '(VI_1) Entering BACKUP STATE (init)',
      '(VI_1) Receive advertisement timeout',
      '(VI_1) Entering MASTER STATE',
      '(VI_1) setting VIPs.',
      '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.100',
      ...Array(5).fill('Sending gratuitous ARP on eth0 for 192.0.2.100'),
    ]);
  });

  it('waits only one interval when its initial state is master', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router({ initialState: 'master' })]), '192.0.2.1');
    segment.pass(seconds(1.003));
    expect(a.state()).toBe('backup');
    segment.pass(milliseconds(1));
    expect(a.state()).toBe('master');
  });

  it('is master at once as address owner', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router({ priority: 255 })]), '192.0.2.1');
    expect(a.state()).toBe('master');
    expect(a.adverts).toMatchObject([{ at: 0, priority: 255 }]);
  });

  it('keeps the beat of its adverts', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router()]), '192.0.2.1');
    segment.pass(seconds(20));
    const times = a.adverts.map(advert => advert.at);
    const gaps = times.slice(1).map((time, index) => elapsed(times[index]!, time));
    expect(new Set(gaps)).toEqual(new Set([1_000_000]));
  });
});

describe('a pair', () => {
  it('has one master, the higher priority', () => {
    const { a, b } = pair();
    expect([a.state(), b.state()]).toEqual(['master', 'backup']);
    expect([a.addresses, b.addresses]).toEqual([['192.0.2.100'], []]);
  });

  it('hands over within the skew time when the master stops', () => {
    const { segment, a, b } = pair();
    a.stop();
    segment.pass(milliseconds(1));
    expect(a.addresses).toEqual([]);
    expect(a.adverts.at(-1)).toMatchObject({ priority: 0 });
    expect(a.logs.slice(-2)).toEqual(['(VI_1) sent 0 priority', '(VI_1) removing VIPs.']);
    expect(a.effects.at(-1)?.effect).toEqual({ type: 'stopped' });
    segment.pass(microseconds(skewTime(2, 90, seconds(1)) - 1000));
    expect(b.state()).toBe('backup');
    segment.pass(milliseconds(1));
    expect(b.state()).toBe('master');
  });

  it('takes over after the down interval when the master is isolated, and gives back when it heals', () => {
    const { segment, a, b } = pair();
    a.connected = false;
    segment.pass(down(90));
    expect(b.state()).toBe('master');
    expect(a.state()).toBe('master');
    a.connected = true;
    segment.pass(seconds(1));
    expect([a.state(), b.state()]).toEqual(['master', 'backup']);
    expect(b.addresses).toEqual([]);
    expect(a.logs).toContain(
      '(VI_1) Received advert from 192.0.2.2 with lower priority 90, ours 100, forcing new election',
    );
  });

  it('announces again after hearing a losing master', () => {
    const { segment, a } = pair();
    a.connected = false;
    segment.pass(seconds(5));
    const before = a.effects.filter(({ effect }) => effect.type === 'send-frames').length;
    a.connected = true;
    segment.pass(seconds(1));
    expect(a.effects.filter(({ effect }) => effect.type === 'send-frames').length).toBeGreaterThan(before);
  });

  it('does not give back with nopreempt', () => {
    const { segment, a, b } = pair({ preempt: false });
    a.stop();
    segment.pass(seconds(5));
    expect(b.state()).toBe('master');
    const again = segment.node('a2', configuration([router({ preempt: false })]), '192.0.2.3');
    segment.pass(seconds(60));
    expect([again.state(), b.state()]).toEqual(['backup', 'master']);
  });

  it('waits for preempt_delay before it takes back', () => {
    const { segment, a, b } = pair({ preemptDelay: seconds(30) });
    a.stop();
    segment.pass(seconds(5));
    const again = segment.node('a2', configuration([router({ preemptDelay: seconds(30) })]), '192.0.2.3');
    segment.pass(seconds(29));
    expect(b.state()).toBe('master');
    segment.pass(seconds(6));
    expect([again.state(), b.state()]).toEqual(['master', 'backup']);
  });

  it('with equal priorities: a later joiner does not take over, after a silent isolation the higher address wins', () => {
    const { segment, a, b } = pair({}, { priority: 100 });
    expect([a.state(), b.state()]).toEqual(['backup', 'master']);
    const late = segment.node('c', configuration([router()]), '192.0.2.9');
    segment.pass(seconds(30));
    expect(late.state()).toBe('backup');
    b.connected = false;
    segment.pass(seconds(10));
    expect([a.state(), late.state()].filter(state => state === 'master')).toHaveLength(1);
    b.connected = true;
    segment.pass(seconds(10));
    const masters = [a, b, late].filter(node => node.state() === 'master');
    expect(masters).toHaveLength(1);
    expect(masters[0]).toBe(late.addresses.length > 0 ? late : b);
  });
});

describe('trackers', () => {
  const withScript = (weight: number) =>
    configuration([router({ trackScripts: [{ script: 'chk', weight, reverse: false }] })], {
      scripts: [trackScript('chk')],
    });

  it('lower the priority, so that the peer takes over, and raise it again', () => {
    const segment = new TestSegment();
    const a = segment.node('a', withScript(-15), '192.0.2.1');
    const b = segment.node('b', configuration([router({ priority: 90 })]), '192.0.2.2');
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    a.outcomeOf = () => ({ type: 'exited', status: 1 });
    segment.pass(seconds(10));
    expect([a.state(), b.state()]).toEqual(['backup', 'master']);
    expect(a.logs).toContain('VRRP_Script(chk) failed (exited with status 1)');
    expect(a.logs).toContain('(VI_1) Changing effective priority from 100 to 85');
    a.outcomeOf = () => ({ type: 'exited', status: 0 });
    segment.pass(seconds(10));
    expect([a.state(), b.state()]).toEqual(['master', 'backup']);
  });

  it('without weight hold the instance back until their first result and put it in FAULT when they fail', () => {
    const segment = new TestSegment();
    const a = segment.node('a', withScript(0), '192.0.2.1');
    expect(a.state()).toBe('initialize');
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    a.outcomeOf = () => ({ type: 'exited', status: 2 });
    segment.pass(seconds(2));
    expect(a.state()).toBe('fault');
    expect(a.addresses).toEqual([]);
    expect(a.adverts.at(-1)?.priority).toBe(0);
  });

  it('count a script that hangs as failed at its timeout, then kill it', () => {
    const segment = new TestSegment();
    const a = segment.node('a', withScript(0), '192.0.2.1');
    segment.pass(seconds(10));
    a.outcomeOf = () => undefined;
    segment.pass(seconds(10));
    expect(a.state()).toBe('fault');
    expect(a.logs).toContain('VRRP_Script(chk) timed_out');
    const signals = a.effects.flatMap(({ effect }) => (effect.type === 'signal-script' ? [effect.signal] : []));
    expect(signals).toEqual(['TERM', 'KILL', 'KILL']);
  });

  it('follow the own interface: FAULT while it is down, a full down interval after it is back', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router()]), '192.0.2.1');
    segment.pass(seconds(10));
    a.receive({ type: 'link-changed', link: link(2, 'eth0', { running: false }) });
    expect(a.state()).toBe('fault');
    expect(a.logs).toContain('(VI_1): entering FAULT state (interface eth0 down)');
    a.receive({ type: 'link-changed', link: link(2, 'eth0') });
    expect(a.state()).toBe('backup');
    segment.pass(microseconds(down(100) - 1));
    expect(a.state()).toBe('backup');
    segment.pass(microseconds(1));
    expect(a.state()).toBe('master');
  });

  it('announce the own source address of a unicast instance when its interface is back', () => {
    const segment = new TestSegment();
    const peers = [{ address: ip('192.0.2.2'), minimumTtl: 0, maximumTtl: 255 }];
    const destination = { type: 'unicast' as const, peers, ttl: undefined, checkSource: false };
    const a = segment.node('a', configuration([router({ destination })]), '192.0.2.1');
    a.receive({ type: 'link-changed', link: link(2, 'eth0', { running: false }) });
    a.receive({ type: 'link-changed', link: link(2, 'eth0') });
    expect(a.effects.at(-1)?.effect).toEqual({
      type: 'send-frames',
      linkIndex: 2,
      frames: [gratuitousArp('02:00:00:00:00:02' as MacAddress, ip('192.0.2.1'))],
    });
  });

  it('spread the first runs of many scripts', () => {
    const names = Array.from({ length: 200 }, (_, index) => `chk${index}`);
    const segment = new TestSegment();
    const a = segment.node(
      'a',
      configuration([router({ trackScripts: names.map(name => ({ script: name, weight: -1, reverse: false })) })], {
        scripts: names.map(name => trackScript(name, { interval: seconds(5) })),
      }),
      '192.0.2.1',
    );
    expect(a.started).toHaveLength(1);
    segment.pass(seconds(1));
    expect(a.started.length).toBeGreaterThan(50);
    expect(a.started.length).toBeLessThan(150);
    segment.pass(seconds(1.1));
    expect(a.started).toHaveLength(200);
  });
});

describe('a sync group', () => {
  const two = (priority: number) => [
    router({ name: 'in', vrid: 1, priority, addresses: [virtualAddress('192.0.2.101')] }),
    router({ name: 'out', vrid: 2, priority, addresses: [virtualAddress('192.0.2.102')] }),
  ];
  const grouped = (priority: number) =>
    configuration(two(priority), {
      syncGroups: [syncGroup('G', ['in', 'out'], { ...noScripts, generic: script('/g') })],
    });

  it('moves together: both masters, both in fault, both back', () => {
    const segment = new TestSegment();
    const a = segment.node('a', grouped(100), '192.0.2.1');
    const b = segment.node('b', grouped(90), '192.0.2.2');
    segment.pass(seconds(10));
    expect(a.states).toEqual({ in: 'master', out: 'master' });
    expect(b.states).toEqual({ in: 'backup', out: 'backup' });
    expect(a.started).toEqual(['/g GROUP G BACKUP 0', '/g GROUP G MASTER 0']);
    a.receive({ type: 'link-changed', link: link(2, 'eth0', { running: false }) });
    expect(a.states).toEqual({ in: 'fault', out: 'fault' });
    expect(a.logs.filter(text => text.startsWith('VRRP_Group'))).toEqual([
      'VRRP_Group(G) Syncing instances to MASTER state',
      'VRRP_Group(G) Syncing instances to FAULT state',
    ]);
    segment.pass(seconds(2));
    expect(b.states).toEqual({ in: 'master', out: 'master' });
    a.receive({ type: 'link-changed', link: link(2, 'eth0') });
    segment.pass(seconds(10));
    expect(a.states).toEqual({ in: 'master', out: 'master' });
    expect(b.states).toEqual({ in: 'backup', out: 'backup' });
  });

  it('lets no member become master alone', () => {
    const segment = new TestSegment();
    const a = segment.node('a', grouped(100), '192.0.2.1');
    // b is a better master for one of the two only.
    const b = segment.node('b', configuration([{ ...two(200)[0]! }]), '192.0.2.2');
    segment.pass(seconds(20));
    expect(b.states).toEqual({ in: 'master' });
    expect(a.states).toEqual({ in: 'backup', out: 'backup' });
  });
});

describe('addresses', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => virtualAddress(`10.${index >> 8}.${index & 255}.1`));

  it('go in by batches, each announced as soon as it is in', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router({ addresses: [], excludedAddresses: many(450) })]), '192.0.2.1');
    segment.pass(seconds(4));
    expect(a.held.size).toBe(450);
    const kinds = a.effects.map(({ effect }) => effect.type).filter(type => type !== 'send-packet');
    expect(kinds.filter(type => type === 'change-addresses')).toHaveLength(5);
    expect(kinds.indexOf('send-frames')).toBeLessThan(kinds.lastIndexOf('change-addresses'));
  });

  it('left over by an earlier life are removed at start, before anything is decided', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router()]), '192.0.2.1', { leftOver: ['192.0.2.100'] });
    expect(a.logs).toEqual(['(VI_1) removing VIPs.', '(VI_1) Entering BACKUP STATE (init)']);
    segment.pass(milliseconds(1));
    expect(a.addresses).toEqual([]);
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    expect(a.addresses).toEqual(['192.0.2.100']);
  });

  it('of an owner stay when they are left over, and are announced', () => {
    const segment = new TestSegment();
    const owner = configuration([router({ priority: 255 })]);
    const a = segment.node('a', owner, '192.0.2.1', { leftOver: ['192.0.2.100'] });
    segment.pass(milliseconds(1));
    const kinds = a.effects.map(({ effect }) => effect.type);
    expect(kinds).toEqual(['open-channel', 'send-packet', 'send-frames']);
  });

  it('left over are removed before a startup delay, not after it', () => {
    const segment = new TestSegment();
    const plain = configuration([router()]);
    const delayed = { ...plain, global: { ...plain.global, startupDelay: seconds(5) } };
    const a = segment.node('a', delayed, '192.0.2.1', { leftOver: ['192.0.2.100'] });
    segment.pass(milliseconds(1));
    expect(a.addresses).toEqual([]);
    expect(a.state()).toBe('initialize');
  });

  it('removed by somebody else make the master step down and elect anew', () => {
    const { segment, a } = pair();
    a.held.clear();
    a.receive({ type: 'address-removed', address: interfaceAddress(2, '192.0.2.100/32') });
    segment.pass(milliseconds(3));
    expect(a.state()).toBe('backup');
    expect(a.adverts.at(-1)?.priority).toBe(0);
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    expect(a.addresses).toEqual(['192.0.2.100']);
  });

  it('removed by somebody else are not announced any more, judged or not', () => {
    const segment = new TestSegment();
    const plain = configuration([router()]);
    const paced = { ...plain, global: { ...plain.global, garpInterval: milliseconds(1) } };
    const a = segment.node('a', paced, '192.0.2.1');
    while (a.state() !== 'master') segment.pass(milliseconds(1));
    a.held.clear();
    a.effects.length = 0;
    a.receive({ type: 'address-removed', address: interfaceAddress(2, '192.0.2.100/32') });
    segment.pass(milliseconds(5));
    expect(a.state()).toBe('backup');
    expect(a.effects.filter(({ effect }) => effect.type === 'send-frames')).toEqual([]);
  });

  it('with no_track may be removed by anybody', () => {
    const { segment, a } = pair({ addresses: [virtualAddress('192.0.2.100', { noTrack: true })] });
    a.held.clear();
    a.receive({ type: 'address-removed', address: interfaceAddress(2, '192.0.2.100/32') });
    segment.pass(seconds(10));
    expect(a.state()).toBe('master');
    expect(a.addresses).toEqual([]);
  });

  it('that the kernel refuses are asked for again', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router()]), '192.0.2.1');
    a.refuse = () => 'EPERM';
    segment.pass(seconds(10));
    // Asked for every second, said once.
    expect(a.logs.filter(text => text === '(VI_1) cannot add address 192.0.2.100: EPERM')).toHaveLength(1);
    a.refuse = () => undefined;
    segment.pass(seconds(1));
    expect(a.addresses).toEqual(['192.0.2.100']);
  });
});

describe('a reload', () => {
  it('keeps a master master and touches only the addresses that changed', () => {
    const { segment, a } = pair({ notify: { ...noScripts, generic: script('/n') } });
    const started = a.started.length;
    const before = a.effects.length;
    a.reload(
      configuration([
        router({
          notify: { ...noScripts, generic: script('/n') },
          addresses: [virtualAddress('192.0.2.100'), virtualAddress('192.0.2.101')],
        }),
      ]),
    );
    segment.pass(milliseconds(10));
    expect(a.state()).toBe('master');
    expect(a.addresses).toEqual(['192.0.2.100', '192.0.2.101']);
    const changes = a.effects.slice(before).filter(({ effect }) => effect.type === 'change-addresses');
    expect(changes).toHaveLength(1);
    expect(a.started).toHaveLength(started);
  });

  it('gives a removed instance up and tells its scripts', () => {
    const notify = { ...noScripts, generic: script('/n') };
    const { segment, a, b } = pair({ notify });
    a.reload(configuration([]));
    segment.pass(seconds(2));
    expect(a.addresses).toEqual([]);
    expect(a.adverts.at(-1)?.priority).toBe(0);
    expect(a.started.at(-1)).toBe('/n INSTANCE VI_1 FAULT 100');
    expect(b.state()).toBe('master');
  });

  it('moves an address between instances in one go', () => {
    const segment = new TestSegment();
    const one = virtualAddress('192.0.2.101');
    const two = virtualAddress('192.0.2.102');
    const three = virtualAddress('192.0.2.103');
    const first = router({ name: 'one', vrid: 1, addresses: [one, two] });
    const second = router({ name: 'two', vrid: 2, addresses: [three] });
    const a = segment.node('a', configuration([first, second]), '192.0.2.1');
    segment.pass(seconds(10));
    const before = a.effects.length;
    a.reload(
      configuration([
        { ...first, addresses: [one] },
        { ...second, addresses: [three, two] },
      ]),
    );
    segment.pass(seconds(1));
    expect(a.states).toEqual({ one: 'master', two: 'master' });
    expect([...a.addresses].sort()).toEqual(['192.0.2.101', '192.0.2.102', '192.0.2.103']);
    expect(a.effects.slice(before).some(({ effect }) => effect.type === 'change-addresses')).toBe(false);
    expect(a.effects.slice(before).some(({ effect }) => effect.type === 'send-frames')).toBe(true);
  });
});

describe('a stop', () => {
  it('runs the stop scripts and waits for them a second at most', () => {
    const { segment, a } = pair({ notify: { ...noScripts, stop: script('/stop'), generic: script('/n') } });
    a.outcomeOf = () => undefined;
    a.stop();
    expect(a.started.slice(-2)).toEqual(['/stop', '/n INSTANCE VI_1 STOP 100']);
    segment.pass(milliseconds(999));
    expect(a.effects.at(-1)?.effect.type).not.toBe('stopped');
    segment.pass(milliseconds(2));
    expect(a.effects.at(-1)?.effect).toEqual({ type: 'stopped' });
  });

  it('told twice is one stop', () => {
    const { segment, a } = pair();
    a.stop();
    a.stop();
    segment.pass(seconds(2));
    expect(a.adverts.filter(({ priority }) => priority === 0)).toHaveLength(1);
    expect(a.effects.filter(({ effect }) => effect.type === 'stopped')).toHaveLength(1);
  });
});

it('a rejected packet changes nothing but a counter', () => {
  const { a, b } = pair();
  a.connected = false;
  const before = b.nextDeadline();
  const advert = a.adverts.at(-1)!.payload;
  const packet = { type: 'packet-received' as const, channel: '4:eth0', linkIndex: 2, source: ip('192.0.2.1') };
  b.receive({ ...packet, destination: ip('224.0.0.18'), ttl: 254, payload: advert });
  const damaged = Uint8Array.from(advert);
  damaged[6]! ^= 0xff;
  b.receive({ ...packet, destination: ip('224.0.0.18'), ttl: 255, payload: damaged });
  expect(b.nextDeadline()).toBe(before);
  expect(b.engine.instances[0]!.counters.rejected).toMatchObject({ ttl: 1, checksum: 1 });
});
