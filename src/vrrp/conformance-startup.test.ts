import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { alone, master, router, World } from './conformance.testkit.ts';
import { configuration } from './router.testkit.ts';

describe('scope', () => {
  it('9568-1-families-independent + the silence of one family lets the other one be', () => {
    const world = new World();
    const node = world.add(configuration([router({ name: 'four' }), router({ name: 'six', family: 6 })]));
    for (let count = 0; count < 5; count++) {
      node.receive({ priority: 200 }, 'six');
      world.runMs(1000);
    }
    expect(node.instance('four').machine.state.type).toBe('master');
    expect(node.instance('six').machine.state.type).toBe('backup');
  });

  it('9568-1-families-independent - an IPv4 advert changes nothing of IPv6, not even a counter', () => {
    const world = new World();
    const node = world.add(configuration([router({ name: 'four' }), router({ name: 'six', family: 6 })]));
    const [before, counters] = [node.snapshot('six'), structuredClone(node.instance('six').counters)];
    world.runMs(1);
    node.receive({ priority: 255 }, 'four');
    expect(node.snapshot('six')).toEqual(before);
    expect(node.instance('six').counters).toEqual(counters);
  });

  it('9568-1.7-vrid-scope + one VRID on two interfaces is two elections', () => {
    const world = new World();
    const node = world.add(configuration([router({ name: 'left' }), router({ name: 'right', interface: 'eth1' })]));
    world.runMs(1000);
    node.receive({ priority: 200 }, 'left');
    world.runMs(3000);
    expect(node.instance('left').machine.state.type).toBe('backup');
    expect(node.instance('right').machine.state.type).toBe('master');
  });

  it('9568-1.7-vrid-scope - an advert on the other interface leaves the timer alone', () => {
    const world = new World();
    const node = world.add(configuration([router({ name: 'left' }), router({ name: 'right', interface: 'eth1' })]));
    world.runMs(1000);
    const before = node.instance('left').machine.state;
    node.receive({ priority: 200 }, 'right');
    expect(node.instance('left').machine.state).toEqual(before);
  });

  it('9568-3-active-only-sends + a master sends one advert per interval', () => {
    const { world, node } = master();
    world.runMs(10_000);
    expect(node.sent.length).toBe(10);
  });

  it('9568-3-active-only-sends - a backup that hears its master is silent, so is an instance in FAULT', () => {
    const { world, node } = alone();
    for (let count = 0; count < 10; count++) {
      node.receive({ priority: 200 });
      world.runMs(1000);
    }
    node.setLink('eth0', { running: false });
    world.runMs(10_000);
    expect(node.state).toBe('fault');
    expect(node.sent).toEqual([]);
  });
});

describe('Initialize', () => {
  it('9568-6.4.1-idle + an interface that is down keeps the instance silent', () => {
    const { world, node } = alone();
    node.setLink('eth0', { running: false });
    world.runMs(60_000);
    expect([node.sent, node.frames, [...node.addresses]]).toEqual([[], [], []]);
  });

  it('9568-6.4.1-idle - an advert changes nothing there', () => {
    const { world, node } = alone();
    node.setLink('eth0', { running: false });
    const before = node.snapshot();
    node.receive({ priority: 1 });
    expect(node.snapshot()).toEqual(before);
    world.runMs(60_000);
    expect(node.state).toBe('fault');
  });

  it.each([2, 3] as const)('9568-6.4.1-owner-advert, 3768-6.4.1-init + an owner of v%i advertises at once', version => {
    const { node } = alone({ priority: 255, version });
    expect(node.sent.map(({ at, priority }) => [at, priority])).toEqual([[0, 255]]);
    expect(node.state).toBe('master');
  });

  it('9568-6.4.1-owner-advert - another master does not make it wait', () => {
    const world = new World();
    world.add(router({ priority: 254 }), 2);
    world.runMs(10_000);
    const owner = world.add(router({ priority: 255 }), 1);
    expect(owner.sentAt[0]).toBe(10_000);
    expect(owner.state).toBe('master');
  });

  it('9568-6.4.1-owner-garp + an owner announces each of its addresses', () => {
    const { node } = alone({ priority: 255 });
    expect(node.frames.map(({ bytes }) => Buffer.from(bytes.subarray(28, 32)).join('.'))).toEqual([
      '192.0.2.254',
      '192.0.2.253',
    ]);
  });

  it('9568-6.4.1-owner-garp - and no other address', () => {
    const world = new World();
    const node = world.add(configuration([router({ priority: 255 }), router({ name: 'other', vrid: 8 })]));
    expect(node.frames.length).toBe(2);
  });

  it('9568-6.4.1-owner-na + an owner advertises each of its IPv6 addresses', () => {
    const { node } = alone({ priority: 255, family: 6 });
    expect(node.frames.map(({ bytes }) => Buffer.from(bytes.subarray(62, 78)).toString('hex'))).toEqual([
      'fe800000000000000000000000000007',
      '20010db8000000000000000000000007',
    ]);
  });

  it('9568-6.4.1-owner-na - with the solicited flag clear and the override flag set', () => {
    const { node } = alone({ priority: 255, family: 6 });
    for (const { bytes } of node.frames) expect(bytes[58]! & 0x60).toBe(0x20);
  });

  it('9568-6.4.1-owner-timer + its second advert follows one interval later', () => {
    const { world, node } = alone({ priority: 255, advertisementInterval: centiseconds(50) });
    world.runMs(1200);
    expect(node.sentAt).toEqual([0, 500, 1000]);
  });

  it('9568-6.4.1-owner-timer - there is no down timer', () => {
    const { node } = alone({ priority: 255 });
    expect(node.instance().machine.state).toEqual({ type: 'master', advertiseAt: seconds(1) });
  });

  it('9568-6.4.1-backup-interval + an instance that starts anew uses its own interval', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(500) });
    node.setLink('eth0', { running: false });
    node.setLink('eth0', {});
    world.runMs(3609);
    expect(node.state).toBe('backup');
    world.runMs(1);
    expect(node.state).toBe('master');
  });

  it('9568-6.4.1-backup-interval - what it had learned is gone', () => {
    const { node } = alone();
    node.receive({ priority: 200, interval: centiseconds(500) });
    node.setLink('eth0', { running: false });
    node.setLink('eth0', {});
    expect(node.instance().machine.state).toMatchObject({ type: 'backup', masterInterval: centiseconds(100) });
  });

  it('9568-6.4.1-backup-timer + priority 254 alone takes over after its down interval', () => {
    const { world, node } = alone({ priority: 254 });
    world.runMs(3007.8125);
    expect([node.state, node.sentAt]).toEqual(['master', [3007.8125]]);
  });

  it('9568-6.4.1-backup-timer, 3768-6.4.1-init - nothing leaves before', () => {
    for (const version of [2, 3] as const) {
      const { world, node } = alone({ priority: 254, version });
      world.runMs(3007.8124);
      expect([node.state, node.sent, node.frames]).toEqual(['backup', [], []]);
    }
  });
});

describe('intervals', () => {
  it('9568-6.1-skew + the skew time follows the learned interval', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(1000) });
    node.receive({ priority: 0 });
    world.runMs(6093.75);
    expect(node.sentAt).toEqual([6093.75]);
  });

  it('9568-6.1-skew - the own interval does not enter it', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(1000) });
    node.receive({ priority: 0 });
    world.runMs(6093.74);
    expect(node.state).toBe('backup');
  });

  it.each([
    [100, 3609.375],
    [1, 36.09375],
    [4095, 147_803.90625],
  ])('9568-6.1-down + at an interval of %i cs priority 100 takes over after %f ms', (interval, expected) => {
    const { world, node } = alone({ advertisementInterval: centiseconds(interval) });
    world.runMs(expected);
    expect(node.sentAt).toEqual([expected]);
  });

  it('9568-6.1-down - an advert just before the limit keeps it backup', () => {
    const { world, node } = alone();
    world.runMs(3609.37);
    node.receive({ priority: 200 });
    world.runMs(3609.37);
    expect(node.state).toBe('backup');
    world.runMs(0.01);
    expect(node.state).toBe('master');
  });

  it('9568-6.1-rounding + priorities 254 and 253 expire apart and in order', () => {
    const expiries = [254, 253].map(priority => {
      const { world, node } = alone({ priority });
      world.runMs(4000);
      return node.sentAt[0];
    });
    expect(expiries).toEqual([3007.8125, 3011.71875]);
  });

  it('9568-6.1-rounding - at 10 ms no two priorities share an expiry', () => {
    const expiries = Array.from({ length: 254 }, (_, index) => {
      const { world, node } = alone({ priority: index + 1, advertisementInterval: centiseconds(1) });
      world.runMs(50);
      return node.sentAt[0];
    });
    expect(new Set(expiries).size).toBe(254);
  });

  it('9568-6.1-skew-own-prio + a changed priority moves the running timer', () => {
    const tracked = { trackInterfaces: [{ interface: 'eth1', weight: -100, reverse: false }] };
    const { world, node } = alone({ priority: 200, ...tracked });
    world.runMs(1000);
    node.setLink('eth1', { running: false });
    expect(node.instance().machine.priority).toBe(100);
    world.runMs(3000);
    expect(node.sentAt).toEqual([3609.375]);
  });

  it('9568-6.1-skew-own-prio - the priority of the advert does not enter', () => {
    for (const priority of [100, 254]) {
      const { world, node } = alone();
      node.receive({ priority });
      world.runMs(4000);
      expect(node.sentAt[0]).toBe(3609.375);
    }
  });

  it('9568-5.2.7-interval-own + a master advertises its own interval at its own pace', () => {
    const { world, node } = alone();
    node.receive({ priority: 200, interval: centiseconds(300) });
    world.runMs(10_828.125 + 2000);
    expect(node.sentAt).toEqual([10_828.125, 11_828.125, 12_828.125]);
    expect(node.sent.map(({ interval }) => interval)).toEqual([1, 1, 1].map(seconds));
  });

  it('9568-5.2.7-interval-own - the learned one is forgotten on demotion and takeover', () => {
    const { world, node } = master();
    node.receive({ priority: 200, interval: centiseconds(300) });
    world.runMs(10_828.125);
    expect(node.sent.map(({ interval }) => interval)).toEqual([seconds(1)]);
  });
});

describe('Preempt_Mode', () => {
  it('9568-6.1-preempt-default + a better router takes over from a lesser master', () => {
    const world = new World();
    const lesser = world.add(router({ priority: 100 }), 1);
    world.runMs(5000);
    const better = world.add(router({ priority: 200 }), 2);
    world.runMs(3218.75);
    expect([better.state, lesser.state]).toEqual(['master', 'backup']);
  });

  it('9568-6.1-preempt-default - and not before its down interval is over', () => {
    const world = new World();
    const lesser = world.add(router({ priority: 100 }), 1);
    world.runMs(5000);
    const better = world.add(router({ priority: 200 }), 2);
    world.runMs(3218.74);
    expect([better.state, lesser.state]).toEqual(['backup', 'master']);
  });

  it('9568-6.1-preempt-owner + an owner without preemption takes over', () => {
    const world = new World();
    const acting = world.add(router({ priority: 254 }), 2);
    world.runMs(5000);
    const owner = world.add(router({ priority: 255, preempt: false }), 1);
    expect([owner.state, acting.state]).toEqual(['master', 'backup']);
  });

  it('9568-6.1-preempt-owner - it never stays behind a lower priority', () => {
    const { world, node } = alone({ priority: 255, preempt: false });
    node.setLink('eth0', { running: false });
    node.setLink('eth0', {});
    for (let count = 0; count < 4; count++) {
      node.receive({ priority: 254 });
      world.runMs(1000);
    }
    expect(node.state).toBe('master');
  });
});
