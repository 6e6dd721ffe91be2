// Incidents that keepalived's users reported, on the same machines and cables with our engine. docs/simulator.md has
// what each did to them.
import { describe, expect, it } from 'vitest';
import { configuration, dualOf, gapOf, logOf, play } from './scenario.testkit.ts';

const vip = '192.0.2.100';
const pair = (more = '', global = '') => ({
  a: configuration(150, more, global),
  b: configuration(100, more, global),
});

describe('a snapshot stops the master for some seconds', () => {
  it.each(['freeze', 'suspend'])('and the clients know the right one afterwards (%s)', what => {
    const result = play(pair(), `at 20s ${what} a 6s\nexpect holder a at 30s\nexpect quiet from 29s`);
    // Nobody is sent to a machine that does not have the address, in the end.
    expect(gapOf(result, vip, 27)).toBe(0);
    expect(dualOf(result, vip)).toBeLessThan(4);
  });

  it.each(['freeze', 'suspend'])('of the lower priority, under nopreempt (%s)', what => {
    const result = play(
      pair('nopreempt'),
      `at 20s power-off a for 5s\nat 60s ${what} b 6s\nexpect holder b at 50s\nexpect holder a at 80s`,
    );
    expect(gapOf(result, vip, 67)).toBe(0);
  });
});

describe('a partition heals', () => {
  // Whose advert is first depends on the phase of the timers: each phase has to end well.
  const phases = Array.from({ length: 20 }, (_, index) => 20 + index * 0.05);

  it('and every client finds the one master, whoever speaks first', () => {
    for (const at of phases) {
      const result = play(pair(), `at ${at}s cut a for 10s\nexpect holder a,b at 29s\nexpect holder a at 33s`);
      expect(gapOf(result, vip, at + 12)).toBe(0);
    }
  });

  it('even if the winner does not answer lower adverts', () => {
    for (const at of phases) {
      const result = play(pair('lower_prio_no_advert true'), `at ${at}s cut a for 10s\nexpect holder a at 33s`);
      expect(gapOf(result, vip, at + 12)).toBe(0);
    }
  });

  it('keepalived’s silence leaves clients behind, in the phases in which the winner speaks first', () => {
    const gaps = phases.map(at => {
      const result = play(pair('higher_prio_send_advert false'), `at ${at}s cut a for 10s\nuntil 60s`, {
        mayBreak: true,
      });
      return gapOf(result, vip, at + 12);
    });
    expect(gaps.filter(gap => gap > 15).length).toBeGreaterThan(3);
  });
});

describe('the list of addresses changes on a live pair', () => {
  const changed = { a: `${pair().a}`, b: `${pair().b}` };
  for (const name of ['a', 'b'] as const) changed[name] = changed[name].replace(vip, `${vip}\n192.0.2.101`);

  it.each(['a', 'b'])('first on %s: there is never a second master', first => {
    const second = first === 'a' ? 'b' : 'a';
    const result = play(
      pair(),
      `at 20s reload ${first} with ${first}.new\nat 80s reload ${second} with ${second}.new
       expect holder a of ${vip} at 50s\nexpect holder a of ${vip} at 100s\nexpect dual < 1ms\nexpect gap < 1ms`,
      { files: { 'a.new': changed.a, 'b.new': changed.b } },
    );
    expect(result.world.node('a')!.kernel.holdsAnywhere('192.0.2.101' as never)).toBe(true);
    expect(logOf(result, 'b').filter(line => /STATE/.test(line))).toEqual(['0 (VI_1) Entering BACKUP STATE (init)']);
  });
});

describe('announcements half a second apart', () => {
  const global = 'vrrp_garp_interval 0.5';
  const two = (text: string): string => text.replace(vip, `${vip}\n192.0.2.101`);

  it('end for an address that a reload drops, and for one under another name when it yields', () => {
    const { a, b } = pair('', global);
    const renamed = two(a).replace('VI_1', 'VI_RENAMED');
    play(
      { a: two(a), b: two(b) },
      'at 5s reload a with a.less\nat 20s reload a with a.renamed\nat 21s unplug a\nexpect holder b at 30s',
      { files: { 'a.less': a, 'a.renamed': renamed } },
    );
  });
});

describe('both machines boot at once', () => {
  it.each([
    ['state BACKUP', 'state BACKUP'],
    ['state MASTER', 'state MASTER'],
    ['state MASTER', 'state BACKUP'],
  ])('%s and %s: one master within a down interval', (ofA, ofB) => {
    const nodes = { a: configuration(100, ofA), b: configuration(100, ofB) };
    for (let seed = 1; seed <= 10; seed++) {
      const result = play(nodes, `seed ${seed}\nuntil 30s\nexpect dual < 100ms`);
      expect(result.addresses[0]!.holdings.at(-1)!.nodes).toHaveLength(1);
    }
  });

  it('and are reloaded while they elect', () => {
    play(pair(), 'at 2s reload a\nat 3.3s reload b\nat 3.5s reload a\nexpect holder a at 10s\nexpect dual < 100ms');
  });
});

describe('a machine is starved', () => {
  it('a master whose timers are late by two seconds keeps its addresses', () => {
    play(pair(), 'at 20s late a 2s for 60s\nexpect holder a at 30s\nexpect holder a at 100s\nexpect dual < 1s');
  });

  it('a backup whose timers are late hears what waits in its socket before it judges', () => {
    const result = play(pair(), 'at 20s freeze b 9s\nexpect quiet from 31s\nexpect dual < 1ms');
    expect(logOf(result, 'b').filter(line => /timeout/.test(line))).toEqual([]);
  });
});

describe('a link works one way', () => {
  it('nobody hears the master: the backup takes over beside it, and gives way when it heals', () => {
    const result = play(pair(), 'at 20s cut a -> b for 20s\nexpect holder a,b at 35s\nexpect holder a at 45s');
    expect(gapOf(result, vip, 42)).toBe(0);
  });

  it('the master hears nobody: nothing happens', () => {
    play(pair(), 'at 20s cut b -> a for 20s\nexpect holder a at 35s\nexpect dual < 1ms\nexpect gap < 1ms');
  });
});

describe('somebody else’s router has the same VRID', () => {
  it('with a lower priority nothing happens, and it is said', () => {
    const result = play(
      pair(),
      'at 20s foreign vrid 51 priority 50 for 20s\nexpect holder a at 39s\nexpect gap < 1ms\nexpect dual < 1ms',
    );
    expect(logOf(result, 'a').some(line => /192\.0\.2\.251/.test(line))).toBe(true);
  });

  it('with a higher one we give way while it is there, and come back', () => {
    play(pair(), 'at 20s foreign vrid 51 priority 200 for 20s\nexpect holder nobody at 30s\nexpect holder a at 50s');
  });
});

describe('another program takes the address away', () => {
  it('removes it: it is answered again within the skew time', () => {
    const result = play(pair(), `at 20s remove ${vip} on a\nexpect gap < 700ms\nexpect quiet from 25s`);
    expect(logOf(result, 'a')).toContain('20 (VI_1) address 192.0.2.100 was removed by another program');
  });

  it('flushes the interface, again and again', () => {
    const times = Array.from({ length: 10 }, (_, index) => `at ${20 + index * 3}s flush a eth0`).join('\n');
    play(pair(), `${times}\nexpect gap < 700ms\nexpect holder a at 60s`);
  });
});

describe('the wall clock is set', () => {
  it('by an hour and back: not even a timer moves', () => {
    const steps = 'at 20s clock a +3600s\nat 21s clock b -86400s\nat 22s clock a -7200s';
    const result = play(pair(), `${steps}\nexpect quiet from 10s\nexpect gap < 1ms\nexpect dual < 1ms`);
    expect(logOf(result, 'b').filter(line => /timeout|MASTER/.test(line))).toEqual([]);
  });
});

describe('a sync group', () => {
  const group = (priority: number): string => {
    const first = configuration(priority);
    const instance = first.slice(first.indexOf('vrrp_instance'));
    const second = instance
      .replace('VI_1', 'VI_2')
      .replace('id 51', 'id 52')
      .replace(vip, '198.51.100.100')
      .replace('eth0', 'eth1');
    return `${first}${second}vrrp_sync_group G {\n group {\n VI_1\n VI_2\n }\n}\n`;
  };
  const nodes = { a: group(150), b: group(100) };

  it('hands over as a whole when one interface loses its carrier', () => {
    const result = play(nodes, 'at 20s unplug a eth0 for 20s\nexpect holder b at 35s\nexpect holder a at 60s');
    expect(gapOf(result, vip)).toBeLessThan(4);
  });

  it('gives up as a whole when one address is removed: the peers wait for a skew time, not for a down interval', () => {
    const result = play(nodes, `at 20s remove ${vip} on a\nexpect gap < 700ms\nexpect quiet from 25s`);
    expect(gapOf(result, '198.51.100.100')).toBeGreaterThan(0);
  });
});

describe('a process that crashed', () => {
  it('takes its addresses away before vrrp_startup_delay has passed', () => {
    play(pair('', 'vrrp_startup_delay 5'), 'at 30s crash a\nexpect holder nobody at 30.3s\nexpect holder b at 34s');
  });
});
