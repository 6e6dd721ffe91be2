import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { alone, master, router, World } from './conformance.testkit.ts';
import { configuration } from './router.testkit.ts';

const virtual = ['eth0 192.0.2.254', 'eth0 192.0.2.253'];
const learned = { from: '192.0.2.9', priority: 200, interval: centiseconds(300) };

describe('a master', () => {
  it('9568-6.4.3-arp, 9568-6.4.3-accept, 3768-6.4.3-duties + its interface holds every virtual address', () => {
    const { node } = master();
    expect([...node.addresses]).toEqual(virtual);
  });

  it('9568-6.4.3-arp, 9568-6.4.3-accept, 3768-6.4.3-duties - and none of another virtual router', () => {
    const world = new World();
    const node = world.add(configuration([router(), router({ name: 'other', vrid: 8, priority: 1 })]));
    world.runMs(3700);
    expect([...node.addresses]).toEqual(virtual);
  });

  it('9568-6.4.3-leave-cleanup + demoted, its interface holds none of them', () => {
    const { node } = master();
    node.receive({ priority: 101 });
    expect([...node.addresses]).toEqual([]);
  });

  it('9568-6.4.3-leave-cleanup - what a killed process left behind is removed at the next start', () => {
    const world = new World();
    const node = world.add(router(), 1, ['192.0.2.1/24', '192.0.2.254/32']);
    const removals = node.effects.filter(effect => effect.type === 'change-addresses');
    expect(removals).toMatchObject([{ operation: 'remove', addresses: [{ address: '192.0.2.254' }] }]);
    expect(node.state).toBe('backup');
  });

  it.each([2, 3] as const)(
    '9568-6.4.3-shutdown, 3768-6.4.3-tx, 9568-5.2.4-prio-zero + v%i: stops with priority 0',
    version => {
      const { node } = master({ version });
      node.stop();
      expect(node.sent.map(({ priority }) => priority)).toEqual([0]);
      expect([node.state, [...node.addresses]]).toEqual(['initialize', []]);
    },
  );

  it('9568-6.4.3-shutdown - nothing follows, and a second stop is silent', () => {
    const { world, node } = master();
    node.stop();
    node.frames.length = 0;
    world.runMs(10_000);
    node.stop();
    expect([node.sent.length, node.frames]).toEqual([1, []]);
  });

  it('9568-5.2.4-prio-zero - a master that goes on never sends it', () => {
    const { world, node } = master();
    for (let count = 0; count < 20; count++) {
      world.runMs(500);
      node.receive({ priority: count % 3 === 0 ? 0 : 50 });
    }
    expect(node.sent.every(({ priority }) => priority === 100)).toBe(true);
  });

  it.each([2, 3] as const)('9568-6.4.3-adver, 3768-6.4.3-tx + v%i: ten intervals, ten adverts', version => {
    const { world, node } = master({ version, advertisementInterval: seconds(2) });
    const begin = world.time;
    world.runMs(20_000);
    expect(node.sentAt).toEqual(Array.from({ length: 10 }, (_, index) => begin + 2000 * (index + 1)));
  });

  it('9568-6.4.3-adver - a late wake-up neither drifts nor sends a burst', () => {
    const { world, node } = master();
    const begin = world.time;
    const wakeAfter = (span: number) => {
      // The process sleeps through its deadlines: the clock moves, nobody calls.
      const others = world.nodes.splice(0);
      world.runMs(span);
      world.nodes.push(...others);
      node.advance();
    };
    wakeAfter(1300);
    expect(node.sentAt.map(at => at - begin)).toEqual([1300]);
    world.runMs(700);
    expect(node.sentAt.map(at => at - begin)).toEqual([1300, 2000]);
    wakeAfter(5500);
    expect(node.sent.length).toBe(3);
  });
});

describe('a master that hears priority 0', () => {
  it.each([2, 3] as const)(
    '9568-6.4.3-rx0, 3768-6.4.3-tx + v%i: answers at once and starts its interval anew',
    version => {
      const { world, node } = master({ version });
      const begin = world.time;
      world.runMs(400);
      node.receive({ priority: 0 });
      world.runMs(1500);
      expect(node.sentAt.map(at => at - begin)).toEqual([400, 1400]);
    },
  );

  it('9568-6.4.3-rx0, 3768-6.4.3-tx - stays master and announces nothing', () => {
    const { node } = master();
    node.receive({ priority: 0 });
    expect([node.state, node.frames]).toEqual(['master', []]);
  });
});

describe('a master that hears a better one', () => {
  it.each([2, 3] as const)('9568-6.4.3-rx-higher, 3768-6.4.3-rx-higher + v%i: yields', version => {
    const { node } = master({ version });
    node.receive({ priority: 101 });
    expect([node.state, [...node.addresses]]).toEqual(['backup', []]);
  });

  it.each([2, 3] as const)('9568-6.4.3-rx-higher, 3768-6.4.3-rx-higher - v%i: stays for a lower one', version => {
    const { node } = master({ version });
    node.receive({ priority: 99 });
    expect([node.state, [...node.addresses]]).toEqual(['master', virtual]);
  });

  it('9568-6.4.3-rx-higher-learn + learns its interval for the down timer', () => {
    const { world, node } = master();
    const begin = world.time;
    node.receive(learned);
    world.runMs(11_000);
    expect(node.sentAt.map(at => at - begin)).toEqual([10_828.125]);
  });

  it('9568-6.4.3-rx-higher-learn - does not wait by its own interval', () => {
    const { world, node } = master();
    node.receive(learned);
    world.runMs(10_828.12);
    expect(node.state).toBe('backup');
  });

  it('9568-6.4.3-rx-higher-noadvert + leaves without a word', () => {
    const { node } = master();
    node.receive({ priority: 101 });
    expect(node.sent).toEqual([]);
  });

  it('9568-6.4.3-rx-higher-noadvert - only higher_prio_send_advert sends a last one, with its own priority', () => {
    const { node } = master({ higherPrioritySendAdvert: true });
    node.receive({ priority: 101 });
    expect(node.sent.map(({ priority }) => priority)).toEqual([100]);
  });

  it('9568-6.4.3-preempt-ignored + yields with preemption off, too', () => {
    const { node } = master({ preempt: false });
    node.receive({ priority: 101 });
    expect(node.state).toBe('backup');
  });

  it('9568-6.4.3-preempt-ignored - and stays for a lower one', () => {
    const { node } = master({ preempt: false });
    node.receive({ priority: 99 });
    expect(node.state).toBe('master');
  });
});

describe('a master that hears its equal', () => {
  it.each([2, 3] as const)(
    '9568-6.4.3-rx-eq-high-addr, 3768-6.4.3-rx-higher + v%i: yields to the higher address',
    version => {
      const { node } = master({ version });
      node.receive({ from: '192.0.2.2' });
      expect(node.state).toBe('backup');
    },
  );

  it('9568-6.4.3-rx-eq-high-addr - after a partition of two masters exactly one remains, the higher address', () => {
    const world = new World();
    const [low, high] = [world.add(router(), 1), world.add(router(), 2)];
    low.cut = true;
    world.runMs(5000);
    expect([low.state, high.state]).toEqual(['master', 'master']);
    low.cut = false;
    world.runMs(1000);
    expect([low.state, high.state]).toEqual(['backup', 'master']);
  });

  it('9568-6.4.3-rx-eq-low-addr + stays for a lower address and advertises', () => {
    const world = new World();
    const node = world.add(router(), 20);
    world.runMs(3700);
    node.sent.length = 0;
    node.receive({ from: '192.0.2.9' });
    expect([node.state, node.sent.length]).toEqual(['master', 1]);
  });

  it('9568-6.4.3-rx-eq-low-addr - never do both yield', () => {
    const world = new World();
    const nodes = [world.add(router(), 1), world.add(router(), 2)];
    nodes[0]!.cut = true;
    world.runMs(5000);
    nodes[0]!.cut = false;
    for (let count = 0; count < 500; count++) {
      world.runMs(10);
      expect(nodes.filter(({ state }) => state === 'master').length).toBeGreaterThan(0);
    }
  });

  it.each([
    [4, '10.0.0.100', '10.0.0.200'],
    [4, '100.0.0.1', '200.0.0.1'],
    [4, '10.0.0.9', '10.0.0.10'],
    [6, 'fe80::1', 'fe80::ff00:0:0:1'],
  ] as const)('9568-6.4.3-addr-compare + IPv%i: %s yields to %s', (family, own, from) => {
    const world = new World();
    const node = world.add(router({ family }), 1, [`${own}/${family === 4 ? 24 : 64}`]);
    world.runMs(4000);
    node.receive({ from });
    expect(node.state).toBe('backup');
  });

  it.each([
    [4, '10.0.0.200', '10.0.0.100'],
    [4, '200.0.0.1', '100.0.0.1'],
    [4, '10.0.0.10', '10.0.0.9'],
    [6, 'fe80::ff00:0:0:1', 'fe80::1'],
  ] as const)(
    '9568-6.4.3-addr-compare - IPv%i: %s does not yield to %s, whatever the virtual addresses',
    (family, own, from) => {
      const world = new World();
      const node = world.add(router({ family }), 1, [`${own}/${family === 4 ? 24 : 64}`]);
      world.runMs(4000);
      node.receive({ from });
      expect(node.state).toBe('master');
    },
  );

  it('9568-6.4.3-rx-self + its own advert, looped back, is ignored with a warning', () => {
    const { node } = master();
    const before = node.snapshot();
    node.receive({ from: '192.0.2.1' });
    expect(node.snapshot()).toEqual(before);
    expect(node.lines.filter(text => text.includes('our own address')).length).toBeGreaterThan(0);
  });

  it('9568-6.4.3-rx-self - an echoing bridge causes no storm', () => {
    const { world, node } = master();
    for (let count = 0; count < 1000; count++) node.receive({ from: '192.0.2.1' });
    world.runMs(10_000);
    expect(node.sent.length).toBe(10);
  });
});

describe('a master that hears a lesser one', () => {
  it('9568-6.4.3-rx-lower-discard + learns nothing from it', () => {
    const { world, node } = master();
    const begin = world.time;
    node.receive({ priority: 99, interval: centiseconds(4095) });
    node.sent.length = 0;
    world.runMs(2000);
    expect(node.sentAt.map(at => at - begin)).toEqual([1000, 2000]);
  });

  it('9568-6.4.3-rx-lower-discard - keeps state and timer', () => {
    const { world, node } = master();
    world.runMs(300);
    const before = node.instance().machine.state;
    node.receive({ priority: 99 });
    expect(node.instance().machine.state).toEqual(before);
  });

  it('9568-6.4.3-rx-lower-assert + answers at once', () => {
    const { world, node } = master();
    const begin = world.time;
    world.runMs(300);
    node.receive({ priority: 99 });
    expect(node.sentAt.map(at => at - begin)).toEqual([300]);
  });

  it('9568-6.4.3-rx-lower-assert - one answer each, and no storm between two masters', () => {
    const { node } = master();
    for (let count = 0; count < 1000; count++) node.receive({ priority: 99 });
    expect(node.sent.length).toBe(1000);

    const world = new World();
    const nodes = [world.add(router({ priority: 150 }), 1), world.add(router({ priority: 100 }), 2)];
    nodes[0]!.cut = true;
    world.runMs(5000);
    for (const each of nodes) each.sent.length = 0;
    nodes[0]!.cut = false;
    world.runMs(10_000);
    expect(nodes.map(({ state }) => state)).toEqual(['master', 'backup']);
    expect(nodes[0]!.sent.length + nodes[1]!.sent.length).toBeLessThanOrEqual(13);
  });

  it.each([2, 3] as const)(
    '5798-6.4.3-lower-silent, 3768-6.4.3-rx-lower + v%i: lower_prio_no_advert leaves it unanswered',
    version => {
      const { world, node } = master({ version, lowerPriorityNoAdvert: true });
      const begin = world.time;
      world.runMs(300);
      node.receive({ priority: 99 });
      world.runMs(1000);
      expect(node.sentAt.map(at => at - begin)).toEqual([1000]);
    },
  );

  it.each([2, 3] as const)('5798-6.4.3-lower-silent, 3768-6.4.3-rx-lower - v%i: by default it is answered', version => {
    const { node } = master({ version });
    node.receive({ priority: 99 });
    expect(node.sent.length).toBe(1);
  });
});

describe('an owner', () => {
  it('9568-7.1-owner + logs another advertiser once and yields to the higher address', () => {
    const { node } = master({ priority: 255 });
    node.receive({ priority: 254 });
    node.receive({ priority: 254 });
    expect(node.lines.filter(text => text.includes('we own the addresses')).length).toBe(1);
    node.receive({ priority: 255, from: '192.0.2.9' });
    expect(node.state).toBe('backup');
  });

  it('9568-7.1-owner - two owners do not stay masters for ever', () => {
    const world = new World();
    const nodes = [world.add(router({ priority: 255 }), 1), world.add(router({ priority: 255 }), 2)];
    world.runMs(3000);
    expect(nodes.map(({ state }) => state)).toEqual(['backup', 'master']);
  });

  it('5798-7.1-owner, 3768-7.1-vrid-owner + with owner_ignore_adverts it ignores everybody', () => {
    const { node } = master({ priority: 255, ownerIgnoreAdverts: true });
    const before = node.snapshot();
    node.receive({ priority: 255 });
    node.receive({ priority: 0 });
    expect(node.snapshot()).toEqual(before);
    expect(node.instance().counters.rejected['owner-ignores']).toBe(2);
  });

  it('5798-7.1-owner, 3768-7.1-vrid-owner - by default it processes them', () => {
    const { node } = master({ priority: 255 });
    node.receive({ priority: 0 });
    expect(node.sent.length).toBe(1);
  });

  it('9568-8.3.2-log-255 + a second router with 255 is logged', () => {
    const { node } = master({ priority: 255 });
    node.receive({ priority: 255, from: '192.0.2.0' });
    expect(node.lines.filter(text => text.includes('we own the addresses')).length).toBe(1);
  });

  it('9568-8.3.2-log-255 - a thousand of them fill no log, and a single owner logs nothing', () => {
    const { world, node } = master({ priority: 255 });
    world.runMs(10_000);
    expect(node.lines.filter(text => text.includes('we own'))).toEqual([]);
    for (let count = 0; count < 1000; count++) node.receive({ priority: 255, from: '192.0.2.0' });
    expect(node.lines.filter(text => text.includes('we own')).length).toBe(1);
  });

  it('9568-5.2.4-prio-owner + advertises 255', () => {
    const { world, node } = master({ priority: 255 });
    world.runMs(1000);
    expect(node.sent[0]!.priority).toBe(255);
  });

  it('9568-5.2.4-prio-owner - no tracker lowers it', () => {
    const trackInterfaces = [{ interface: 'eth1', weight: -50, reverse: false }];
    const { world, node } = master({ priority: 255, trackInterfaces });
    node.setLink('eth1', { running: false });
    world.runMs(1000);
    expect(node.sent[0]!.priority).toBe(255);
  });

  it('9568-5.2.4-prio-backup + a router that owns nothing advertises its own priority', () => {
    for (const priority of [1, 100, 254]) {
      const { world, node } = alone({ priority });
      world.runMs(4000);
      expect(node.sent[0]!.priority).toBe(priority);
    }
  });

  it('9568-5.2.4-prio-backup - trackers move it within 1 .. 254', () => {
    for (const [priority, weight, expected] of [
      [100, -253, 1],
      [100, 253, 254],
    ] as const) {
      const trackInterfaces = [{ interface: 'eth1', weight, reverse: false }];
      const { world, node } = alone({ priority, trackInterfaces });
      if (weight < 0) node.setLink('eth1', { running: false });
      world.runMs(5000);
      expect(node.sent[0]!.priority).toBe(expected);
    }
  });
});

describe('announcements', () => {
  it('9568-8.1.2-garp-config + an address added by reload is announced', () => {
    const { node } = master();
    const { addresses } = router();
    const more = { ...addresses[0]!, address: '192.0.2.252' } as (typeof addresses)[number];
    node.reload(router({ addresses: [...addresses, more] }));
    const announced = node.frames.map(({ bytes }) => Buffer.from(bytes.subarray(28, 32)).join('.'));
    expect(announced).toContain('192.0.2.252');
  });

  it('9568-8.1.2-garp-config, 9568-8.2.2-na-config - a backup announces nothing on reload', () => {
    const { node } = alone();
    node.reload(router({ priority: 99 }));
    expect(node.frames).toEqual([]);
  });

  it('9568-8.2.2-na-config + an IPv6 address added by reload is advertised', () => {
    const { node } = master({ family: 6 });
    const { addresses } = router({ family: 6 });
    const more = { ...addresses[0]!, address: '2001:db8::99' } as (typeof addresses)[number];
    node.reload(router({ family: 6, addresses: [...addresses, more] }));
    const announced = node.frames.map(({ bytes }) => Buffer.from(bytes.subarray(62, 78)).toString('hex'));
    expect(announced).toContain('20010db8000000000000000000000099');
  });

  it.each([4, 6] as const)(
    '9568-8.1.2-garp-delay, 9568-8.2.2-nd-delay + IPv%i: an address is announced after the kernel has it',
    family => {
      const { world, node } = alone({ family });
      world.runMs(4000);
      const types = node.effects.map(({ type }) => type);
      expect(types.indexOf('change-addresses')).toBeGreaterThan(-1);
      expect(types.indexOf('send-frames')).toBeGreaterThan(types.indexOf('change-addresses'));
    },
  );

  it.each([4, 6] as const)(
    '9568-8.1.2-garp-delay, 9568-8.2.2-nd-delay - IPv%i: an address the kernel refused is not announced',
    family => {
      const { world, node } = alone({ family });
      node.refuseAddresses = 'EPERM';
      world.runMs(4000);
      expect([node.state, node.frames]).toEqual(['master', []]);
    },
  );

  it('9568-8.2.2-dad + IPv6 addresses are asked for without duplicate address detection', () => {
    const { node } = alone({ family: 6, priority: 255 });
    const request = node.effects.find(effect => effect.type === 'change-addresses');
    expect(request).toMatchObject({ operation: 'add', addresses: [{ noDad: true }, { noDad: true }] });
  });

  it('9568-8.2.2-dad - an owner that starts beside a master takes over all the same', () => {
    const world = new World();
    const acting = world.add(router({ family: 6 }), 2);
    world.runMs(5000);
    const owner = world.add(router({ family: 6, priority: 255 }), 1);
    expect([owner.state, acting.state, owner.addresses.size]).toEqual(['master', 'backup', 2]);
  });
});
