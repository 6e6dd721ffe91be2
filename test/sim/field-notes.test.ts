// What the authors of the field's notes saw, told by the simulator from their own files.
import { describe, expect, it } from 'vitest';
import { dualOf, fieldConfiguration, gapOf, logOf, play } from './scenario.testkit.ts';

describe('000: multicast is blocked', () => {
  const unicast = fieldConfiguration('000-sync-group-unicast');
  const multicast = unicast.replace(/unicast_peer \{[^}]*\}/, '');

  it('and both machines have the address', () => {
    play({ a: multicast, b: multicast }, 'at 0s block multicast\nuntil 60s\nexpect holder a,b at 50s');
  });

  it('and unicast_peer cures it', () => {
    const result = play({ a: unicast, b: unicast }, 'at 0s block multicast\nuntil 60s\nexpect dual < 1s');
    const [address] = result.addresses;
    expect(address!.holdings.at(-1)!.nodes).toHaveLength(1);
  });

  it('nopreempt: whoever has it keeps it when the other comes back', () => {
    play(
      { a: unicast, b: unicast },
      `at 30s power-off b for 10s
       at 100s power-off a for 10s
       expect holder a at 60s
       expect holder b at 140s
       until 150s`,
    );
  });
});

describe('002: two addresses, each at home on one machine', () => {
  const nodes = { n179: fieldConfiguration('002-dual-master-179'), n180: fieldConfiguration('002-dual-master-180') };
  const [one, two] = ['192.168.100.41', '192.168.100.51'];

  it('every machine has its own', () => {
    play(nodes, `expect holder n180 of ${one} at 20s\nexpect holder n179 of ${two} at 20s`);
  });

  it('the down file moves the address away within the time of the elections, and back', () => {
    const result = play(
      nodes,
      `at 20s script chk_mt_down on n180 fails
       at 40s script chk_mt_down on n180 succeeds
       expect holder n179 of ${one} at 35s
       expect holder n179 of ${two} at 35s
       expect holder n180 of ${one} at 60s
       expect quiet from 50s
       expect gap < 1s`,
    );
    // Weights move the address by preemption: nobody is without it while it moves.
    expect(gapOf(result, one)).toBeLessThan(0.01);
    expect(dualOf(result, one)).toBeLessThan(0.01);
  });

  it('one machine takes both when the other dies', () => {
    const result = play(nodes, `at 20s power-off n180\nexpect holder n179 of ${one} at 30s\nexpect gap < 4s`);
    expect(gapOf(result, one)).toBeGreaterThan(2);
    expect(gapOf(result, two)).toBe(0);
  });
});

describe('004: nginx with weight 2 under nopreempt', () => {
  const nodes = {
    master: fieldConfiguration('004-nginx-nopreempt-master'),
    backup: fieldConfiguration('004-nginx-nopreempt-backup'),
  };

  it('nginx dies, and the address stays: what the author never noticed', () => {
    const result = play(
      nodes,
      `at 30s script check_nginx on master fails
       expect holder master at 29s
       expect holder master at 290s
       until 300s`,
    );
    expect(logOf(result, 'master').filter(line => /priority|STATE/.test(line))).toEqual([
      '0 (VI_1) Entering BACKUP STATE (init)',
      '0 (VI_1) Changing effective priority from 100 to 102',
      '3 (VI_1) Entering MASTER STATE',
      '30 (VI_1) Changing effective priority from 102 to 100',
    ]);
  });

  it('not even preemption would have helped by much: 100 against 101', () => {
    const preempting = Object.fromEntries(
      Object.entries(nodes).map(([name, text]) => [name, text.replace('nopreempt', '')]),
    );
    play(preempting, 'at 30s script check_nginx on master fails\nexpect holder backup at 60s');
  });

  it('without a weight the address leaves with nginx', () => {
    const weightless = Object.fromEntries(
      Object.entries(nodes).map(([name, text]) => [name, text.replace('weight 2', '')]),
    );
    play(weightless, 'at 30s script check_nginx on master fails\nexpect holder backup at 60s\nexpect gap < 2s');
  });
});
