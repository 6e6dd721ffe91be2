import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { isMulticast } from '../base/ip-address.ts';
import { alone, master, router, World } from './conformance.testkit.ts';

const virtual = ['eth0 192.0.2.254', 'eth0 192.0.2.253'];

describe('a backup', () => {
  it.each([2, 3] as const)(
    '9568-6.4.2-no-arp, 9568-6.4.2-no-accept, 3768-6.4.2-duties + v%i: its interface holds no virtual address',
    version => {
      const { world, node } = alone({ version });
      node.receive({ priority: 200 });
      world.runMs(3000);
      expect([node.state, [...node.addresses]]).toEqual(['backup', []]);
    },
  );

  it.each([2, 3] as const)(
    '9568-6.4.2-no-arp, 9568-6.4.2-no-accept, 3768-6.4.2-duties - v%i: nor between two masters',
    version => {
      const { world, node } = alone({ version });
      world.runMs(3609);
      expect([...node.addresses]).toEqual([]);
      world.runMs(1);
      expect([...node.addresses]).toEqual(virtual);
    },
  );

  it('9568-6.4.2-no-ns + its interface holds no virtual IPv6 address', () => {
    const { node } = alone({ family: 6 });
    node.receive({ priority: 200 });
    expect([...node.addresses]).toEqual([]);
  });

  it('9568-6.4.2-no-ns - it sends no neighbour advertisement', () => {
    const { world, node } = alone({ family: 6 });
    node.receive({ priority: 200 });
    world.runMs(3000);
    expect(node.frames).toEqual([]);
  });

  it('9568-6.4.2-shutdown + stops without a timer left', () => {
    const { node } = alone();
    node.stop();
    expect([node.state, node.process.nextDeadline()]).toEqual(['initialize', undefined]);
  });

  it('9568-6.4.2-shutdown - stops without a word, and its old deadline does nothing', () => {
    const { world, node } = alone();
    node.stop();
    world.runMs(60_000);
    expect([node.state, node.sent]).toEqual(['initialize', []]);
  });
});

describe('when the down timer fires', () => {
  it('9568-6.4.2-fire-advert + an advert with its priority leaves at that instant', () => {
    const { world, node } = alone();
    world.runMs(3609.375);
    expect(node.sent.map(({ at, priority }) => [at, priority])).toEqual([[3609.375, 100]]);
  });

  it('9568-6.4.2-fire-advert - none before', () => {
    const { world, node } = alone();
    world.runMs(3609.374);
    expect(node.sent).toEqual([]);
  });

  it('9568-6.4.2-fire-garp + each address is announced by broadcast, sender and target the address', () => {
    const { world, node } = alone();
    world.runMs(3609.375);
    const frames = node.frames.map(({ bytes }) => Buffer.from(bytes));
    expect(frames.map(frame => frame.subarray(28, 32).join('.'))).toEqual(['192.0.2.254', '192.0.2.253']);
    for (const frame of frames) {
      expect(frame.subarray(0, 6).toString('hex')).toBe('ffffffffffff');
      expect(frame.subarray(38, 42)).toEqual(frame.subarray(28, 32));
    }
  });

  it('9568-6.4.2-fire-garp, 9568-8.1.2-arp-not-phys, 3768-8-operational - every frame names the MAC of the interface, none another', () => {
    const { world, node } = alone();
    world.runMs(3609.375);
    for (const { bytes } of node.frames) {
      expect(Buffer.from(bytes.subarray(6, 12)).toString('hex')).toBe('020000000001');
      expect(bytes.subarray(22, 28)).toEqual(bytes.subarray(6, 12));
    }
  });

  it('9568-6.4.2-fire-na + each IPv6 address is advertised to all nodes with its link-layer address', () => {
    const { world, node } = alone({ family: 6 });
    world.runMs(3609.375);
    const frames = node.frames.map(({ bytes }) => Buffer.from(bytes));
    expect(frames.map(frame => frame.subarray(62, 78).toString('hex'))).toEqual([
      'fe800000000000000000000000000007',
      '20010db8000000000000000000000007',
    ]);
    for (const frame of frames) {
      expect([frame[54], frame[21], frame.subarray(38, 54).toString('hex')]).toEqual([
        136,
        255,
        'ff020000000000000000000000000001',
      ]);
      expect(frame.subarray(78).toString('hex')).toBe('0201020000000001');
    }
  });

  it('9568-6.4.2-fire-na - never solicited, always override, router only where the interface forwards', () => {
    for (const [forwarding, flags] of [
      [[], 0x20],
      [[2], 0xa0],
    ] as const) {
      const { world, node } = alone({ family: 6 });
      node.start(forwarding);
      world.runMs(3609.375);
      expect(node.frames.map(({ bytes }) => bytes[58])).toEqual([flags, flags]);
    }
  });

  it('9568-6.4.2-fire-timer + the next advert follows one own interval later', () => {
    const { world, node } = alone({ advertisementInterval: centiseconds(50) });
    world.runMs(1804.6875 + 500);
    expect(node.sentAt).toEqual([1804.6875, 2304.6875]);
  });

  it('9568-6.4.2-fire-timer - not after the learned interval', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(10) });
    world.runMs(360.9375 + 1000);
    expect(node.sentAt).toEqual([360.9375, 1360.9375]);
    expect(node.instance().machine.state.type).toBe('master');
  });

  it('9568-6.4.2-fire-order + the advert leaves before any announcement', () => {
    const { world, node } = alone();
    world.runMs(4000);
    const order = node.effects.map(({ type }) => type).filter(type => type.startsWith('send-'));
    expect(order.slice(0, 2)).toEqual(['send-packet', 'send-frames']);
  });

  it('9568-6.4.2-fire-order - and before any address is added', () => {
    const { world, node } = alone();
    world.runMs(4000);
    const types = node.effects.map(({ type }) => type);
    expect(types.indexOf('send-packet')).toBeLessThan(types.indexOf('change-addresses'));
  });

  it.each([2, 3] as const)('3768-6.4.2-timer + v%i: advert, announcements, master, next advert', version => {
    const { world, node } = alone({ version, advertisementInterval: seconds(2) });
    world.runMs(6000 + (version === 2 ? 609.375 : 1218.75) + 2000);
    expect(node.sentAt.map(at => at - node.sentAt[0]!)).toEqual([0, 2000]);
    expect([node.frames.length, node.state]).toEqual([2, 'master']);
  });

  it('3768-6.4.2-timer - an expiry after a shutdown does nothing', () => {
    const { world, node } = alone({ version: 2 });
    world.runMs(3600);
    node.stop();
    world.runMs(60_000);
    node.advance();
    expect([node.sent, node.frames]).toEqual([[], []]);
  });

  it('9568-6.2-one-timer + one timer in Backup, one as master, none in FAULT', () => {
    const { world, node } = alone();
    expect(node.instance().machine.state).toHaveProperty('timerStartedAt');
    world.runMs(4000);
    expect(node.instance().machine.state).toHaveProperty('advertiseAt');
    expect(node.instance().machine.state).not.toHaveProperty('timerStartedAt');
    node.setLink('eth0', { running: false });
    expect(node.instance().machine.nextDeadline()).toBeUndefined();
  });

  it('9568-6.2-one-timer - waking at the time of a timer that is gone does nothing', () => {
    const { world, node } = alone();
    world.runMs(3600);
    node.setLink('eth0', { running: false });
    const before = node.snapshot();
    world.runMs(9.375);
    node.advance();
    expect(node.snapshot()).toEqual(before);
  });
});

describe('an advert with priority 0', () => {
  it.each([2, 3] as const)('9568-6.4.2-prio0, 3768-6.4.2-rx + v%i: takes over one skew time later', version => {
    const { world, node } = alone({ version });
    node.receive({ priority: 200 });
    world.runMs(500);
    node.receive({ priority: 0 });
    world.runMs(2000);
    expect(node.sentAt[0]).toBe(500 + 609.375);
  });

  it('9568-6.4.2-prio0 - neither at once nor a down interval later', () => {
    const { world, node } = alone();
    node.receive({ priority: 0 });
    world.runMs(609.37);
    expect(node.state).toBe('backup');
    world.runMs(0.01);
    expect(node.state).toBe('master');
  });

  it('9568-6.4.2-prio0-nolearn + its interval is not learned', () => {
    const { world, node } = alone();
    node.receive({ priority: 0, interval: centiseconds(1000) });
    world.runMs(609.375);
    expect(node.state).toBe('master');
  });

  it('9568-6.4.2-prio0-nolearn - nor used for the next down interval', () => {
    const { node } = alone();
    node.receive({ priority: 0, interval: centiseconds(1000) });
    expect(node.instance().machine.state).toMatchObject({ masterInterval: centiseconds(100) });
  });
});

describe('an advert of the same or a higher priority', () => {
  it('9568-6.4.2-ge-learn + its interval is learned', () => {
    const { node } = alone();
    node.receive({ priority: 200, interval: centiseconds(300) });
    expect(node.instance().machine.state).toMatchObject({ masterInterval: centiseconds(300) });
  });

  it('9568-6.4.2-ge-learn - one of lower priority is not, unless preemption is off', () => {
    for (const [preempt, learned] of [
      [true, 100],
      [false, 300],
    ] as const) {
      const { node } = alone({ preempt });
      node.receive({ priority: 99, interval: centiseconds(300) });
      expect(node.instance().machine.state).toMatchObject({ masterInterval: centiseconds(learned) });
    }
  });

  it('9568-6.4.2-ge-recompute, 5798-6.4.2-recompute + skew and down interval follow', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(300) });
    world.runMs(10_828.125);
    expect(node.sentAt).toEqual([10_828.125]);
  });

  it('9568-6.4.2-ge-recompute, 5798-6.4.2-recompute - the old skew would have expired sooner', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(300) });
    world.runMs(10_828.12);
    expect(node.state).toBe('backup');
  });

  it('9568-6.4.2-ge-timer + an hour of adverts keeps it backup', () => {
    const { world, node } = alone();
    for (let count = 0; count < 3600; count++) {
      node.receive({ priority: 100 });
      world.runMs(1000);
    }
    expect([node.state, node.sent]).toEqual(['backup', []]);
  });

  it('9568-6.4.2-ge-timer - one restores the full down interval after a priority 0', () => {
    const { world, node } = alone();
    node.receive({ priority: 0 });
    world.runMs(600);
    node.receive({ priority: 100 });
    world.runMs(3609.37);
    expect(node.state).toBe('backup');
  });

  it('9568-6.4.2-eq-noaddr + an equal priority from a lower address is accepted', () => {
    const world = new World();
    const node = world.add(router(), 20);
    world.runMs(1000);
    node.receive({ priority: 100, from: '192.0.2.3' });
    world.runMs(3609);
    expect(node.state).toBe('backup');
  });

  it('9568-6.4.2-eq-noaddr - the higher address never takes over from an equal that advertises', () => {
    const world = new World();
    const first = world.add(router(), 1);
    world.runMs(4000);
    const joiner = world.add(router(), 200);
    world.runMs(3_600_000);
    expect([first.state, joiner.state]).toEqual(['master', 'backup']);
  });
});

describe('an advert of lower priority', () => {
  it.each([2, 3] as const)(
    '9568-6.4.2-lower-discard, 3768-6.4.2-rx - v%i: does not keep a preempting backup from taking over',
    version => {
      const { world, node } = alone({ version, priority: 200 });
      for (let count = 0; count < 40; count++) {
        world.runMs(100);
        node.receive({ priority: 100 });
      }
      expect(node.sentAt[0]).toBe(3218.75);
    },
  );

  it('9568-6.4.2-lower-discard + is discarded: nothing is sent, nothing is moved', () => {
    const { world, node } = alone({ priority: 200 });
    world.runMs(1000);
    const before = node.snapshot();
    node.receive({ priority: 199 });
    expect(node.snapshot()).toEqual(before);
  });

  it('9568-6.4.2-lower-nopreempt + keeps a backup that does not preempt', () => {
    const { world, node } = alone({ priority: 200, preempt: false });
    for (let count = 0; count < 3600; count++) {
      node.receive({ priority: 100 });
      world.runMs(1000);
    }
    expect(node.state).toBe('backup');
  });

  it('9568-6.4.2-lower-nopreempt - once they stop, it takes over', () => {
    const { world, node } = alone({ priority: 200, preempt: false });
    node.receive({ priority: 100 });
    world.runMs(3218.75);
    expect(node.state).toBe('master');
  });

  it('9568-6.4.2-stays + no advert of any priority makes a backup master', () => {
    for (let priority = 0; priority <= 255; priority++) {
      const { node } = alone();
      node.receive({ priority });
      expect(node.state).toBe('backup');
    }
  });

  it('9568-6.4.2-stays - not even a lower one in the last moment', () => {
    const { world, node } = alone();
    world.runMs(3609.37);
    node.receive({ priority: 1 });
    expect(node.state).toBe('backup');
  });
});

describe('an address of its own', () => {
  it('9568-5.1.1.1-src4-primary + adverts come from the primary address', () => {
    const world = new World();
    const node = world.add(router(), 1, ['192.0.2.5/24', '192.0.2.3/24']);
    world.runMs(4000);
    expect(node.sent[0]!.source).toBe('192.0.2.5');
  });

  it('9568-5.1.1.1-src4-primary - never from a virtual one', () => {
    const world = new World();
    const node = world.add(router(), 1, ['192.0.2.254/32', '192.0.2.5/24']);
    world.runMs(10_000);
    expect(new Set(node.sent.map(({ source }) => source))).toEqual(new Set(['192.0.2.5']));
  });

  it('9568-5.1.2.1-src6-linklocal + IPv6 adverts come from the link-local address', () => {
    const world = new World();
    const node = world.add(router({ family: 6 }), 1, ['2001:db8::5/64', 'fe80::5/64']);
    world.runMs(4000);
    expect(node.sent[0]!.source).toBe('fe80::5');
  });

  it('9568-5.1.2.1-src6-linklocal - without one nothing leaves, and once it is there adverts begin', () => {
    const world = new World();
    const node = world.add(router({ family: 6 }), 1, ['2001:db8::5/64']);
    world.runMs(10_000);
    expect([node.state, node.sent]).toEqual(['fault', []]);
    expect(node.lines.join('\n')).toContain('no IPv6 address for interface');
    node.addAddress('fe80::5/64');
    world.runMs(4000);
    expect(node.sent[0]!.source).toBe('fe80::5');
  });

  it('9568-7.2-src-change + the next advert has the new source', () => {
    const { world, node } = master();
    node.addAddress('192.0.2.77/24');
    node.removeAddress('192.0.2.1/24');
    world.runMs(5000);
    expect(node.sent.at(-1)!.source).toBe('192.0.2.77');
  });

  it('9568-7.2-src-change - with the address gone nothing is sent from nowhere', () => {
    const { world, node } = master();
    node.removeAddress('192.0.2.1/24');
    world.runMs(5000);
    expect(node.state).toBe('fault');
    for (const { source } of node.sent) expect([source, isMulticast(source)]).toEqual(['192.0.2.1', false]);
  });
});
