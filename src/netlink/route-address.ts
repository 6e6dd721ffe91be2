import { type IpAddress, ipAddressBytes, ipAddressFromBytes, maximumPrefixLength } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { AddressRequest } from '../ports/network.ts';
import { attributeNumber, decodeAttributes } from './attribute.ts';
import { messageFlag, type NetlinkMessage, type NetlinkProblem, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';

/** RTM_* of rtnetlink(7) for addresses. */
export const addressMessage = { new: 20, delete: 21, get: 22 } as const;

const fixedHeaderLength = 8;
const attribute = { address: 1, local: 2, label: 3, broadcast: 4, cacheInfo: 6, flags: 8, protocol: 11 } as const;
const familyIpv4 = 2;
const familyIpv6 = 10;
const forEver = 0xffffffff;
/** RTPROT_KEEPALIVED: who put the address there. Kernels before 5.18 ignore it. */
const protocolKeepalived = 18;

/** IFA_F_*. */
export const addressFlag = {
  secondary: 0x01,
  noDad: 0x02,
  dadFailed: 0x08,
  home: 0x10,
  deprecated: 0x20,
  tentative: 0x40,
  manageTemporary: 0x100,
  noPrefixRoute: 0x200,
  autoJoin: 0x400,
} as const;

/** An address as rtnetlink describes it. */
export interface AddressMessage {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly scope: number;
  /** IFA_F_* bits. */
  readonly flags: number;
}

export function encodeAddressDump(writer: MessageWriter, sequence: number): void {
  writer.begin(addressMessage.get, messageFlag.request | messageFlag.dump, sequence);
  writer.append(new Uint8Array(fixedHeaderLength));
  writer.end();
}

/** RTM_NEWADDR that fails with EEXIST if the address is there already. */
export function encodeAddAddress(
  writer: MessageWriter,
  request: AddressRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  const flags = messageFlag.request | messageFlag.create | messageFlag.exclusive;
  writer.begin(addressMessage.new, flags | (acknowledge ? messageFlag.acknowledge : 0), sequence);
  appendIdentity(writer, request, request.scope);
  if (request.broadcast) writer.attribute(attribute.broadcast, ipAddressBytes(request.broadcast));
  if (request.label !== undefined) writer.attributeText(attribute.label, request.label);
  const bits = requestedFlags(request);
  if (bits !== 0) writer.attributeNumber(attribute.flags, bits);
  if (request.preferredLifetimeSeconds !== undefined) {
    const cacheInfo = new Uint8Array(16);
    const view = viewOf(cacheInfo);
    view.setUint32(0, Math.min(request.preferredLifetimeSeconds, forEver), true);
    view.setUint32(4, forEver, true);
    writer.attribute(attribute.cacheInfo, cacheInfo);
  }
  writer.attribute(attribute.protocol, [protocolKeepalived]);
  writer.end();
}

/**
 * RTM_DELADDR. Only what identifies the address: the kernel would refuse to remove it if a label that somebody changed
 * meanwhile did not match.
 */
export function encodeRemoveAddress(
  writer: MessageWriter,
  request: AddressRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  writer.begin(addressMessage.delete, messageFlag.request | (acknowledge ? messageFlag.acknowledge : 0), sequence);
  appendIdentity(writer, request, 0);
  writer.end();
}

function appendIdentity(writer: MessageWriter, request: AddressRequest, scope: number): void {
  const local = ipAddressBytes(request.address);
  const fixed = new Uint8Array(fixedHeaderLength);
  fixed[0] = local.length === 4 ? familyIpv4 : familyIpv6;
  // The prefix belongs to the peer when there is one: IFA_ADDRESS is the network, IFA_LOCAL our end.
  fixed[1] = request.peer ? request.peer.prefixLength : request.prefixLength;
  fixed[3] = scope;
  viewOf(fixed).setUint32(4, request.linkIndex, true);
  writer.append(fixed);
  writer.attribute(attribute.local, local);
  writer.attribute(attribute.address, request.peer ? ipAddressBytes(request.peer.address) : local);
}

function requestedFlags(request: AddressRequest): number {
  return (
    (request.noDad ? addressFlag.noDad : 0) |
    (request.home ? addressFlag.home : 0) |
    (request.manageTemporary ? addressFlag.manageTemporary : 0) |
    (request.noPrefixRoute ? addressFlag.noPrefixRoute : 0) |
    (request.autoJoin ? addressFlag.autoJoin : 0)
  );
}

/** Reads RTM_NEWADDR and RTM_DELADDR; undefined for families that are neither IPv4 nor IPv6. */
export function decodeAddress(message: NetlinkMessage): Result<AddressMessage | undefined, NetlinkProblem> {
  const body = message.body;
  if (body.length < fixedHeaderLength) return failed('message-body-truncated');
  const family = body[0]!;
  if (family !== familyIpv4 && family !== familyIpv6) return ok(undefined);
  const attributes = decodeAttributes(body, fixedHeaderLength);
  if (attributes.problem) return failed(attributes.problem);
  // Without a peer IPv6 sends only IFA_ADDRESS; with one, IFA_LOCAL is our end in both families.
  const bytes = attributes.byType.get(attribute.local) ?? attributes.byType.get(attribute.address);
  if (!bytes) return failed('attribute-missing');
  if (bytes.length !== (family === familyIpv4 ? 4 : 16)) return failed('attribute-malformed');
  const prefixLength = body[1]!;
  if (prefixLength > maximumPrefixLength(family === familyIpv4 ? 4 : 6)) return failed('attribute-malformed');
  return ok({
    linkIndex: viewOf(body).getUint32(4, true),
    address: ipAddressFromBytes(bytes),
    prefixLength,
    scope: body[3]!,
    flags: attributeNumber(attributes, attribute.flags) ?? body[2]!,
  });
}
