import { seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { ProbeEndpoint } from './probe.ts';

/** An endpoint that is asked from wherever the kernel likes, for five seconds. */
export function plainEndpoint(address: string, port: number, rest: Partial<ProbeEndpoint> = {}): ProbeEndpoint {
  return {
    address: ip(address),
    port,
    bindAddress: undefined,
    bindPort: undefined,
    bindInterface: undefined,
    fwmark: undefined,
    timeout: seconds(5),
    ...rest,
  };
}
