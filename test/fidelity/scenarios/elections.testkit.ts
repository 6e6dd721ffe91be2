// Who becomes master, and who gives way.
import { type FidelityScenario, pair, router } from '../scenario.testkit.ts';

/** Three nodes: a before b before c. */
const three = {
  a: router({ priority: 220 }),
  b: router({ priority: 120 }),
  c: router({ priority: 20 }),
};

export const elections: readonly FidelityScenario[] = [
  {
    name: 'boot-together',
    title: 'two machines boot at once',
    nodes: pair(),
    text: 'until 4s\nexpect holder a at 3s',
    bootTogether: true,
  },
  {
    name: 'better-joins',
    title: 'a better router joins, and preempts',
    nodes: pair(),
    text: 'node a held\nat 3s start a\nuntil 7s',
  },
  {
    name: 'better-joins-nopreempt',
    title: 'a better router joins under nopreempt, and waits',
    nodes: pair(['nopreempt']),
    text: 'node a held\nat 3s start a\nuntil 7s\nexpect holder b at 6s',
  },
  {
    name: 'preempt-delay',
    title: 'a better router joins, and preempts after its delay',
    // Two seconds are no multiple of the interval: whether an advert comes before or after must not depend on a hair.
    nodes: {
      a: router({ priority: 150, interval: 0.7, lines: ['preempt_delay 2'] }),
      b: router({ priority: 100, interval: 0.7 }),
    },
    text: 'node a held\nat 4s start a\nuntil 11s\nexpect holder a at 10s',
  },
  {
    name: 'state-master',
    title: 'one starts as master, with priority 255',
    nodes: { a: router({ priority: 255, lines: ['state MASTER'] }), b: router({ priority: 100 }) },
    text: 'node a held\nat 3s start a\nat 5s stop a\nuntil 8s\nexpect holder a at 4s\nexpect holder b at 7s',
  },
  {
    name: 'equals-later-joiner',
    title: 'an equal with the higher address joins, and waits',
    nodes: { a: router({ priority: 100 }), b: router({ priority: 100 }) },
    text: 'node b held\nat 3s start b\nuntil 6s\nexpect holder a at 5s',
  },
  {
    name: 'equals-cut-and-healed',
    title: 'equals are cut apart: the higher address wins',
    nodes: { a: router({ priority: 100 }), b: router({ priority: 100 }) },
    text: 'node b held\nat 3s start b\nat 5.1s cut a b for 2.5s\nuntil 9s\nexpect holder b at 8.5s',
  },
  {
    name: 'cascade-of-three',
    title: 'the best of three stops, then the second; the first comes back',
    nodes: three,
    text: 'at 3.1s stop a\nat 5.1s stop b\nat 7s start a\nuntil 11s\nexpect holder b at 4.5s\nexpect holder c at 6.5s\nexpect holder a at 10s',
  },
  {
    name: 'best-of-two-backups',
    title: 'the master is cut off: the better of two backups takes over',
    nodes: three,
    text: 'at 3.1s cut a for 3s\nuntil 8s\nexpect holder a,b at 5.5s\nexpect holder a at 7.5s',
  },
];
