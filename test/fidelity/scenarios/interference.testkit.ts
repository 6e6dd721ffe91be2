// What other programs and other machines do.
import { type FidelityScenario, pair, router } from '../scenario.testkit.ts';

const routing = [
  'virtual_routes {',
  '  10.7.0.0/24 dev eth0',
  '}',
  'virtual_rules {',
  '  from 10.8.0.0/24 table 200 preference 1000',
  '}',
];

export const interference: readonly FidelityScenario[] = [
  {
    name: 'address-removed',
    title: 'another program removes the address from the master',
    nodes: pair(),
    text: 'at 3.15s remove 192.0.2.100 on a\nuntil 7s\nexpect holder a at 6.5s',
  },
  {
    name: 'addresses-flushed',
    title: 'another program flushes everything that is not its own',
    nodes: {
      a: router({ priority: 200, addresses: ['192.0.2.100/24', '192.0.2.101/24'] }),
      b: router({ priority: 50, addresses: ['192.0.2.100/24', '192.0.2.101/24'] }),
    },
    text: 'at 3.15s flush a eth0\nuntil 7s\nexpect holder a at 6.5s',
  },
  {
    name: 'route-removed',
    title: 'another program removes a virtual route from the master',
    nodes: pair(routing),
    text: 'at 3.15s remove route 10.7.0.0/24 on a\nuntil 7s\nexpect holder a at 6.5s',
  },
  {
    name: 'rule-removed',
    title: 'another program removes a virtual rule from the master',
    nodes: pair(routing),
    text: 'at 3.15s remove rule 1000 on a\nuntil 7s\nexpect holder a at 6.5s',
  },
  {
    name: 'foreign-stronger',
    title: 'a stranger with our VRID and a higher priority comes and goes',
    nodes: pair(),
    text: 'at 3.15s foreign vrid 51 priority 250 version 3 every 400ms for 3s\nuntil 12s\nexpect holder a at 11s',
  },
  {
    name: 'foreign-weaker',
    title: 'a stranger with our VRID and a lower priority changes nothing',
    nodes: pair(),
    text: 'at 3.15s foreign vrid 51 priority 10 version 3 every 400ms for 3s\nuntil 7s\nexpect quiet from 3s',
  },
  {
    name: 'foreign-version-2',
    title: 'a stranger with our VRID speaks version 2, and is not listened to',
    nodes: pair(),
    text: 'at 3.15s foreign vrid 51 priority 250 version 2 every 400ms for 3s\nuntil 7s\nexpect quiet from 3s',
  },
  {
    name: 'garbage',
    title: 'damaged and forged packets change nothing',
    nodes: pair(),
    text: 'at 3.15s garbage every 100ms for 3s\nuntil 7s\nexpect quiet from 3s',
  },
];
