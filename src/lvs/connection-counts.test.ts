import { expect, it } from 'vitest';
import { parseIpAddress } from '../base/ip-address.ts';
import { connectionCounts } from './connection-counts.ts';
import { realServer, virtualServer } from './lvs.testkit.ts';

const key = (port: number) =>
  ({ type: 'address', protocol: 'tcp', address: parseIpAddress('192.0.2.1')!, port }) as const;
const load = (last: number, port: number, active: number, inactive: number) => ({
  address: parseIpAddress(`10.0.0.${last}`)!,
  port,
  active,
  inactive,
});

it('counts connections over all services of a virtual server, each with its own ports', () => {
  const service = virtualServer([realServer(1), realServer(2, { forwarding: { type: 'dr' } }), realServer(3)]);
  const counts = connectionCounts(service, [
    { key: key(80), loads: [load(1, 80, 4, 1), load(2, 80, 1, 2), load(9, 80, 7, 7)] },
    { key: key(81), loads: [load(1, 80, 3, 0), load(2, 81, 0, 5)] },
  ]);
  expect(Object.fromEntries(counts)).toEqual({
    '10.0.0.1 80': { active: 7, inactive: 1 },
    '10.0.0.2 80': { active: 1, inactive: 7 },
  });
});
