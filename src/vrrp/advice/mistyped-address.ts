import { familyOf, type IpAddress, parseIpAddress, sameNetwork } from '../../base/ip-address.ts';

/**
 * The address that was probably meant, if this one differs from a neighbour's network in one part only, and there by a
 * single digit that is missing, added, changed or swapped with the next. IPv4 only: networks of IPv6 are
 * copied, not typed.
 */
export function mistypedFor(
  address: IpAddress,
  neighbours: readonly IpAddress[],
  prefixLength: number,
): IpAddress | undefined {
  if (familyOf(address) !== 4) return undefined;
  const length = Math.min(prefixLength, 24);
  const same = neighbours.filter(neighbour => familyOf(neighbour) === 4);
  if (same.some(neighbour => sameNetwork(neighbour, address, length))) return undefined;
  for (const neighbour of same) {
    const parts = address.split('.');
    const model = neighbour.split('.');
    // The last part tells hosts apart; the other three are the network.
    const wrong = [0, 1, 2].filter(index => parts[index] !== model[index]);
    const [place] = wrong;
    if (place === undefined || wrong.length > 1) continue;
    // 10.0.1.x beside 10.0.2.x or 10.1.1.x are two networks of one owner; 192.168 has no such neighbours.
    const telling = place === 0 || (place === 1 && model[0] === '192' && model[1] === '168');
    if (!telling || !oneSlip(parts[place]!, model[place]!)) continue;
    return parseIpAddress(parts.with(place, model[place]!).join('.'));
  }
  return undefined;
}

function oneSlip(left: string, right: string): boolean {
  if (left.length === right.length) {
    const different = [...left].flatMap((digit, index) => (digit === right[index] ? [] : [index]));
    const [first, second] = different;
    if (different.length === 1) return true;
    return (
      different.length === 2 &&
      second === first! + 1 &&
      left[first!] === right[second] &&
      left[second] === right[first!]
    );
  }
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  if (long.length - short.length !== 1) return false;
  for (let index = 0; index < long.length; index++) {
    if (long.slice(0, index) + long.slice(index + 1) === short) return true;
  }
  return false;
}
