import type { NetlinkMessage } from '../netlink/message.ts';
import { type AddressMessage, addressFlag, addressMessage, decodeAddress } from '../netlink/route-address.ts';
import type { InterfaceAddress } from '../ports/network.ts';

/** An address that came or went. */
export interface AddressNews {
  readonly type: 'address-added' | 'address-removed';
  readonly address: InterfaceAddress;
}

/** What a message of the kernel's tells of an address, if it is about one; `malformed` is told why it makes no sense. */
export function addressNews(message: NetlinkMessage, malformed: (reason: string) => void): AddressNews | undefined {
  if (message.type !== addressMessage.new && message.type !== addressMessage.delete) return undefined;
  const decoded = decodeAddress(message);
  if (!decoded.ok) malformed(decoded.reason);
  if (!decoded.ok || !decoded.value) return undefined;
  const type = message.type === addressMessage.new ? 'address-added' : 'address-removed';
  return { type, address: interfaceAddress(decoded.value) };
}

/** The addresses of a dump. */
export function addressesOf(
  dump: readonly NetlinkMessage[],
  malformed: (reason: string) => void,
): readonly InterfaceAddress[] {
  return dump.flatMap(message => {
    const news = addressNews(message, malformed);
    return news?.type === 'address-added' ? [news.address] : [];
  });
}

/** An address as the engines know it. */
function interfaceAddress(message: AddressMessage): InterfaceAddress {
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
