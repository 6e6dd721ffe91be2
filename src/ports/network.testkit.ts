import { isLinkLocal } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';
import type { AddressFlags, AddressRequest, InterfaceAddress, Link } from './network.ts';
import { prefix } from './routing.testkit.ts';

export function link(index: number, name: string, rest: Partial<Link> = {}): Link {
  return {
    index,
    name,
    adminUp: true,
    running: true,
    loopback: false,
    mtu: 1500,
    mac: `02:00:00:00:00:0${index}` as MacAddress,
    multicast: true,
    noArp: false,
    ...rest,
  };
}

/** `ADDRESS/LENGTH` on an interface. */
export function interfaceAddress(linkIndex: number, text: string, flags: Partial<AddressFlags> = {}): InterfaceAddress {
  const { address, prefixLength } = prefix(text);
  return {
    linkIndex,
    address,
    prefixLength,
    scope: isLinkLocal(address) ? 253 : 0,
    flags: { deprecated: false, tentative: false, dadFailed: false, secondary: false, ...flags },
  };
}

/** An address that is held for ever and says nothing else of itself. */
export const plainAddress: Omit<AddressRequest, 'linkIndex' | 'address'> = {
  prefixLength: 32,
  peer: undefined,
  broadcast: undefined,
  label: undefined,
  scope: 0,
  preferredLifetimeSeconds: undefined,
  noDad: false,
  home: false,
  manageTemporary: false,
  noPrefixRoute: false,
  autoJoin: false,
};
