import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { plainAddress } from '../ports/network.testkit.ts';
import type { AddressRequest } from '../ports/network.ts';
import { AddressHolding, addressKey } from './address-holding.ts';

const request = (last: number, prefixLength = 32): AddressRequest => ({
  ...plainAddress,
  linkIndex: 2,
  address: ip(`192.0.2.${last}`),
  prefixLength,
});
const keyOf = (last: number, prefixLength = 32): string => addressKey(request(last, prefixLength));
const nothing = (): boolean => false;
const none = new Map<number, string>();
const lasts = (requests: readonly AddressRequest[] | undefined): number[] =>
  (requests ?? []).map(({ address }) => Number(address.split('.')[3]));

/** A holding of 192.0.2.1 .. count that is in the kernel. */
function holding(count: number): AddressHolding {
  const addresses = new AddressHolding(
    Array.from({ length: count }, (_, index) => request(index + 1)),
    nothing,
  );
  addresses.want(true);
  addresses.nextBatch(count);
  addresses.settle(none);
  return addresses;
}

describe('holding addresses', () => {
  it('asks in batches, one at a time', () => {
    const addresses = new AddressHolding([request(1), request(2), request(3)], nothing);
    expect(addresses.nextBatch(2)).toBeUndefined();
    addresses.want(true);
    expect(lasts(addresses.nextBatch(2)?.requests)).toEqual([1, 2]);
    expect(addresses.nextBatch(2)).toBeUndefined();
    expect(lasts(addresses.settle(none))).toEqual([1, 2]);
    expect(lasts(addresses.nextBatch(2)?.requests)).toEqual([3]);
    expect(addresses.busy).toBe(true);
    addresses.settle(none);
    expect(addresses.busy).toBe(false);
  });

  it('turns back half way when the mastership is lost', () => {
    const addresses = new AddressHolding([request(1), request(2), request(3)], nothing);
    addresses.want(true);
    addresses.nextBatch(2);
    addresses.want(false);
    addresses.settle(none);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'remove', requests: [request(1), request(2)] });
    addresses.settle(none);
    expect(addresses.nextBatch(5)).toBeUndefined();
  });

  it('adopts what is there already', () => {
    const addresses = new AddressHolding([request(1), request(2)], ({ address }) => address === '192.0.2.1');
    addresses.want(true);
    expect(lasts(addresses.nextBatch(5)?.requests)).toEqual([2]);
  });

  it('removes leftovers while it is not to hold them', () => {
    const addresses = new AddressHolding([request(1), request(2)], ({ address }) => address === '192.0.2.1');
    expect(addresses.anyPresent).toBe(true);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'remove', requests: [request(1)] });
  });

  it('takes EEXIST for success and tries a refusal again only when told to', () => {
    const addresses = new AddressHolding([request(1), request(2)], nothing);
    addresses.want(true);
    addresses.nextBatch(5);
    const errors = new Map([
      [0, 'EEXIST'],
      [1, 'EPERM'],
    ]);
    expect(lasts(addresses.settle(errors))).toEqual([1]);
    expect(addresses.nextBatch(5)).toBeUndefined();
    expect(addresses.anyRefused).toBe(true);
    addresses.retryRefused();
    expect(lasts(addresses.nextBatch(5)?.requests)).toEqual([2]);
  });
});

describe('a removal noticed', () => {
  it('is foreign while we hold the address', () => {
    expect(holding(2).removed(keyOf(2))).toEqual(request(2));
  });

  it('is not foreign after we removed it, even if we added it again meanwhile', () => {
    const addresses = holding(1);
    addresses.want(false);
    addresses.nextBatch(5);
    addresses.settle(none);
    addresses.want(true);
    addresses.nextBatch(5);
    addresses.settle(none);
    expect(addresses.removed(keyOf(1))).toBeUndefined();
    expect(addresses.removed(keyOf(1))).toEqual(request(1));
  });

  it('may come before the answer to our own removal', () => {
    const addresses = holding(1);
    addresses.want(false);
    addresses.nextBatch(5);
    expect(addresses.removed(keyOf(1))).toBeUndefined();
    addresses.settle(none);
    addresses.want(true);
    addresses.nextBatch(5);
    addresses.settle(none);
    expect(addresses.removed(keyOf(1))).toEqual(request(1));
  });

  it('is found by a resynchronisation as well', () => {
    const addresses = holding(2);
    expect(lasts(addresses.resynchronise(({ address }) => address === '192.0.2.1'))).toEqual([2]);
    expect(addresses.nextBatch(5)).toBeUndefined();
    addresses.want(true);
    expect(lasts(addresses.nextBatch(5)?.requests)).toEqual([2]);
  });
});

it('leaves alone what somebody adds while we are backup', () => {
  const addresses = new AddressHolding([request(1)], nothing);
  addresses.appeared(keyOf(1));
  expect(addresses.nextBatch(5)).toBeUndefined();
});

describe('a reload', () => {
  it('touches only what changed', () => {
    const addresses = holding(3);
    addresses.replace([request(1), request(3), request(4)], nothing, nothing);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'remove', requests: [request(2)] });
    addresses.settle(none);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'add', requests: [request(4)] });
    addresses.settle(none);
    expect(addresses.busy).toBe(false);
  });

  it('leaves an address that moves to another instance where it is', () => {
    const addresses = holding(2);
    addresses.replace([request(1)], nothing, ({ address }) => address === '192.0.2.2');
    expect(addresses.busy).toBe(false);
  });

  it('removes the old and adds the new one when a prefix length changes, without mistaking that for foreign doing', () => {
    const addresses = holding(1);
    addresses.replace([request(1, 24)], nothing, nothing);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'remove', requests: [request(1)] });
    addresses.settle(none);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'add', requests: [request(1, 24)] });
    addresses.settle(none);
    expect(addresses.removed(keyOf(1))).toBeUndefined();
    expect(addresses.removed(keyOf(1, 24))).toEqual(request(1, 24));
  });

  it('removes and adds again an address that gets a label, also where what is undefined was left out', () => {
    const { label: _, ...bare } = request(1);
    const addresses = new AddressHolding([bare as AddressRequest], () => true);
    addresses.want(true);
    addresses.replace([{ ...request(1), label: 'eth0:1' }], nothing, nothing);
    expect(addresses.nextBatch(10)?.operation).toBe('remove');
  });

  it('removes and adds again an address whose label changes', () => {
    const addresses = holding(1);
    const labelled = { ...request(1), label: 'eth0:1' };
    addresses.replace([labelled], nothing, nothing);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'remove', requests: [request(1)] });
    addresses.settle(none);
    expect(addresses.nextBatch(5)).toMatchObject({ operation: 'add', requests: [labelled] });
    addresses.settle(none);
    expect(addresses.removed(keyOf(1))).toBeUndefined();
    expect(addresses.removed(keyOf(1))).toEqual(labelled);
  });
});
