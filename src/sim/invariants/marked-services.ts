import { compareIpAddresses, familyOf, type IpAddress } from '../../base/ip-address.ts';
import type { VirtualServerConfiguration } from '../../lvs/configuration.ts';
import type { IpvsServiceKey } from '../../ports/ipvs.ts';
import type { MarkedRange } from '../../ports/marking.ts';

/** The services that packets to the virtual server come to, once they are marked: none where that was forgotten. */
export function keysOf(
  { keys, marked, protocol }: VirtualServerConfiguration,
  marks: readonly MarkedRange[],
): readonly IpvsServiceKey[] {
  if (!marked) return keys;
  const services = new Map<string, IpvsServiceKey>();
  for (const { first, last, port } of marked) {
    for (const address of [first, last]) {
      const range = marks.find(each => each.protocol === protocol && has(each, address, port === 0 ? 1 : port));
      const mark = range?.mark ?? 0;
      services.set(`${mark} ${familyOf(address)}`, { type: 'fwmark', mark, family: familyOf(address) });
    }
  }
  return [...services.values()];
}

function has({ first, last, firstPort, lastPort }: MarkedRange, address: IpAddress, port: number): boolean {
  return (
    familyOf(first) === familyOf(address) &&
    compareIpAddresses(first, address) <= 0 &&
    compareIpAddresses(address, last) <= 0 &&
    firstPort <= port &&
    port <= lastPort
  );
}
