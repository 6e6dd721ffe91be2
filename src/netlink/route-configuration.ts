import { failed, ok, type Result } from '../base/result.ts';
import { attributeNumber, decodeAttributes } from './attribute.ts';
import type { NetlinkMessage, NetlinkProblem } from './message.ts';

/** RTM_NEWNETCONF: a setting under net.ipv4.conf or net.ipv6.conf was changed. */
export const configurationMessage = { new: 80 } as const;

const fixedHeaderLength = 4;
const attribute = { linkIndex: 1, forwarding: 2 } as const;
const familyIpv6 = 10;

export interface ForwardingChange {
  readonly linkIndex: number;
  readonly forwarding: boolean;
}

/** A changed net.ipv6.conf.NAME.forwarding; undefined for other settings and for those of no interface in particular. */
export function decodeIpv6Forwarding(message: NetlinkMessage): Result<ForwardingChange | undefined, NetlinkProblem> {
  const body = message.body;
  if (body.length < fixedHeaderLength) return failed('message-body-truncated');
  if (body[0] !== familyIpv6) return ok(undefined);
  const attributes = decodeAttributes(body, fixedHeaderLength);
  if (attributes.problem) return failed(attributes.problem);
  const linkIndex = attributeNumber(attributes, attribute.linkIndex);
  const forwarding = attributeNumber(attributes, attribute.forwarding);
  if (linkIndex === undefined) return failed('attribute-missing');
  // -1 and -2 are "all" and "default"; each interface that follows them is told of on its own.
  if (forwarding === undefined || linkIndex >= 0x8000_0000) return ok(undefined);
  return ok({ linkIndex, forwarding: forwarding !== 0 });
}
