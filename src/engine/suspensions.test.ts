import { expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { virtualServer } from '../lvs/lvs.testkit.ts';
import { Pool } from '../lvs/pool.ts';
import type { InterfaceAddress } from '../ports/network.ts';
import type { Service } from './service.ts';
import { Suspensions } from './suspensions.ts';

/** A service of those addresses, `.1`, port 80 and 443 each. */
function service(lasts: readonly number[], haSuspend = true): Service {
  const keys = lasts.flatMap(last =>
    [80, 443].map(port => ({ type: 'address', protocol: 'tcp', address: ip(`192.0.2.${last}`), port }) as const),
  );
  const pool = new Pool(virtualServer([], { keys, haSuspend }), () => ({ healthy: true, dynamicWeight: 0 }));
  return { pool, checksOf: new Map(), suspended: false };
}

function local(last: number, linkIndex = 2): InterfaceAddress {
  const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
  return { linkIndex, address: ip(`192.0.2.${last}`), prefixLength: 32, scope: 0, flags };
}

function watching(...services: readonly Service[]): { suspensions: Suspensions; resting: () => boolean[] } {
  const suspensions = new Suspensions();
  for (const each of services) suspensions.watch(each);
  return { suspensions, resting: () => services.map(each => suspensions.shallRest(each)) };
}

it('a service rests while none of its addresses is here, and not before that is known', () => {
  const [both, one, other, never] = [service([1, 2]), service([2]), service([3]), service([3], false)];
  const { suspensions, resting } = watching(both, one, other, never);
  expect(resting()).toEqual([false, false, false, false]);
  expect([...suspensions.replace([local(1), local(9)])]).toEqual([both, one, other]);
  expect(resting()).toEqual([false, true, true, false]);
  expect([...suspensions.change(local(2), true)]).toEqual([both, one]);
  expect(resting()).toEqual([false, false, true, false]);
  expect([...suspensions.change(local(1), false)]).toEqual([both]);
  expect(resting()).toEqual([false, false, true, false]);
  expect([...suspensions.change(local(2), false)]).toEqual([both, one]);
  expect(resting()).toEqual([true, true, true, false]);
});

it('an address on two interfaces is here until it is gone from both', () => {
  const { suspensions, resting } = watching(service([1]));
  suspensions.replace([local(1, 2), local(1, 3)]);
  expect([...suspensions.change(local(1, 2), false)]).toEqual([]);
  expect(resting()).toEqual([false]);
  suspensions.change(local(1, 3), false);
  suspensions.change(local(1, 3), false);
  expect(resting()).toEqual([true]);
  // The kernel tells of an address again when its flags change.
  suspensions.change(local(1, 3), true);
  suspensions.change(local(1, 3), true);
  suspensions.change(local(1, 3), false);
  expect(resting()).toEqual([true]);
});

it('a reload gives a service other addresses, or takes it away', () => {
  const changing = service([1, 2]);
  const { suspensions, resting } = watching(changing);
  suspensions.replace([local(1)]);
  changing.pool.reconfigure(service([2, 3]).pool.configuration, () => ({ healthy: true, dynamicWeight: 0 }));
  suspensions.watch(changing);
  expect(resting()).toEqual([true]);
  expect([...suspensions.change(local(1), false)]).toEqual([]);
  suspensions.change(local(3), true);
  expect(resting()).toEqual([false]);
  suspensions.forget(changing);
  expect([...suspensions.change(local(3), false)]).toEqual([]);
  expect(resting()).toEqual([false]);
});

it('a service whose packets are marked rests while no address of its ranges is here', () => {
  const ranges = [
    { first: ip('fd00::'), last: ip('fd00::ffff:ffff:ffff:ffff'), port: 80 },
    { first: ip('192.0.2.4'), last: ip('192.0.2.6'), port: 80 },
  ];
  const marked = service([1]);
  marked.pool.reconfigure({ ...marked.pool.configuration, marked: ranges }, () => ({
    healthy: true,
    dynamicWeight: 0,
  }));
  const other = service([5]);
  const { suspensions, resting } = watching(marked, other);
  suspensions.replace([local(1), local(3), local(7)]);
  expect(resting()).toEqual([true, true]);
  expect([...suspensions.change(local(5), true)]).toEqual([other, marked]);
  expect([...suspensions.change(local(4), true)]).toEqual([marked]);
  expect([...suspensions.change(local(5), false)]).toEqual([other, marked]);
  expect(resting()).toEqual([false, true]);
  expect([...suspensions.change({ ...local(4), address: ip('fd00::9') }, true)]).toEqual([marked]);
  suspensions.change(local(4), false);
  expect(resting()).toEqual([false, true]);
  suspensions.forget(marked);
  expect([...suspensions.change(local(6), true)]).toEqual([]);
});
