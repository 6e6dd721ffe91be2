import { macAddressFromBytes } from '../base/mac-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { attributeNumber, attributeText, decodeAttributes } from './attribute.ts';
import { messageFlag, type NetlinkMessage, type NetlinkProblem, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';

/** RTM_* of rtnetlink(7) for links. */
export const linkMessage = { new: 16, delete: 17, get: 18 } as const;

const fixedHeaderLength = 16;
const attribute = { address: 1, name: 3, mtu: 4, familySpecific: 26 } as const;
const interfaceFlag = { up: 0x1, loopback: 0x8, running: 0x40, noArp: 0x80, multicast: 0x1000 } as const;
const ethernet = 1;
const familyIpv6 = 10;
const ipv6Configuration = 2;

/** A link as rtnetlink describes it. */
export interface LinkMessage {
  readonly index: number;
  readonly name: string;
  readonly adminUp: boolean;
  readonly running: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  readonly mac: ReturnType<typeof macAddressFromBytes> | undefined;
  readonly multicast: boolean;
  readonly noArp: boolean;
  /** net.ipv6.conf.NAME.forwarding; undefined if the message says nothing of IPv6. */
  readonly ipv6Forwarding: boolean | undefined;
}

export type LinkChange =
  | { readonly type: 'present'; readonly link: LinkMessage }
  | { readonly type: 'removed'; readonly index: number }
  /**
   * News about a bridge port or a wireless event, in the same group and under the same number: when a port leaves its
   * bridge the kernel says RTM_DELLINK of family AF_BRIDGE, and the link is still there.
   */
  | { readonly type: 'other' };

export function encodeLinkDump(writer: MessageWriter, sequence: number): void {
  writer.begin(linkMessage.get, messageFlag.request | messageFlag.dump, sequence);
  writer.append(new Uint8Array(fixedHeaderLength));
  writer.end();
}

/** Reads RTM_NEWLINK and RTM_DELLINK. */
export function decodeLink(message: NetlinkMessage): Result<LinkChange, NetlinkProblem> {
  const body = message.body;
  if (body.length < fixedHeaderLength) return failed('message-body-truncated');
  const view = viewOf(body);
  const index = view.getInt32(4, true);
  if (body[0] !== 0) return ok({ type: 'other' });
  if (message.type === linkMessage.delete) return ok({ type: 'removed', index });
  const attributes = decodeAttributes(body, fixedHeaderLength);
  if (attributes.problem) return failed(attributes.problem);
  const name = attributeText(attributes, attribute.name);
  const mtu = attributeNumber(attributes, attribute.mtu);
  // A wireless event carries neither name nor MTU worth having.
  if (name === undefined || name === '') return ok({ type: 'other' });
  if (mtu === undefined) return failed('attribute-missing');
  const flags = view.getUint32(8, true);
  const hardwareAddress = attributes.byType.get(attribute.address);
  const isEthernet = view.getUint16(2, true) === ethernet;
  return ok({
    type: 'present',
    link: {
      index,
      name,
      adminUp: (flags & interfaceFlag.up) !== 0,
      running: (flags & interfaceFlag.running) !== 0,
      loopback: (flags & interfaceFlag.loopback) !== 0,
      mtu,
      mac: isEthernet && hardwareAddress?.length === 6 ? macAddressFromBytes(hardwareAddress) : undefined,
      multicast: (flags & interfaceFlag.multicast) !== 0,
      noArp: (flags & interfaceFlag.noArp) !== 0,
      ipv6Forwarding: readIpv6Forwarding(attributes.byType.get(attribute.familySpecific)),
    },
  });
}

/** IFLA_AF_SPEC holds a table per family; the first number of IPv6's configuration table is `forwarding`. */
function readIpv6Forwarding(familySpecific: Uint8Array | undefined): boolean | undefined {
  if (!familySpecific) return undefined;
  const ipv6 = decodeAttributes(familySpecific).byType.get(familyIpv6);
  const table = ipv6 && decodeAttributes(ipv6).byType.get(ipv6Configuration);
  return table && table.length >= 4 ? viewOf(table).getInt32(0, true) > 0 : undefined;
}
