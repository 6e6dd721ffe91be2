import { type AddressMessage, addressFlag } from '../netlink/route-address.ts';
import type { InterfaceAddress } from '../ports/network.ts';

/** An address as the engines know it. */
export function interfaceAddress(message: AddressMessage): InterfaceAddress {
  return {
    linkIndex: message.linkIndex,
    address: message.address,
    prefixLength: message.prefixLength,
    scope: message.scope,
    flags: {
      deprecated: (message.flags & addressFlag.deprecated) !== 0,
      tentative: (message.flags & addressFlag.tentative) !== 0,
      dadFailed: (message.flags & addressFlag.dadFailed) !== 0,
      secondary: (message.flags & addressFlag.secondary) !== 0,
    },
  };
}
