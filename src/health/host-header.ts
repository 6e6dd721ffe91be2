import { familyOf } from '../base/ip-address.ts';
import type { ProbeEndpoint } from '../ports/probe.ts';

/** How an HTTP request names a server that has no name. */
export function hostOf({ address, port }: ProbeEndpoint): string {
  return `${familyOf(address) === 6 ? `[${address}]` : address}:${port}`;
}
