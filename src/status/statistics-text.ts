import { keepalivedStatistics } from '../vrrp/counters.ts';
import type { VrrpSnapshot } from './vrrp-snapshot.ts';

/** keepalived's statistics file: the block that its exporters parse, then what we count beyond it. */
export function renderStatistics(snapshot: VrrpSnapshot): string {
  return snapshot.instances
    .map(({ configuration, counters }) => {
      const value = keepalivedStatistics(counters);
      const lines = [
        `VRRP Instance: ${configuration.name}`,
        '  Advertisements:',
        `    Received: ${value['advert_rcvd']}`,
        `    Sent: ${value['advert_sent']}`,
        `  Became master: ${value['become_master']}`,
        `  Released master: ${value['release_master']}`,
        '  Packet Errors:',
        `    Length: ${value['packet_len_err']}`,
        `    TTL: ${value['ip_ttl_err']}`,
        `    Invalid Type: ${value['invalid_type_rcvd']}`,
        `    Advertisement Interval: ${value['advert_interval_err']}`,
        `    Address List: ${value['addr_list_err']}`,
        '  Authentication Errors:',
        `    Invalid Type: ${value['invalid_authtype']}`,
        `    Type Mismatch: ${value['authtype_mismatch']}`,
        `    Failure: ${value['auth_failure']}`,
        '  Priority Zero:',
        `    Received: ${value['pri_zero_rcvd']}`,
        `    Sent: ${value['pri_zero_sent']}`,
        '  Rejected, by reason:',
        ...counts(counters.rejected),
        '  Accepted, but noteworthy:',
        ...counts(counters.observed),
      ];
      return `${lines.join('\n')}\n`;
    })
    .join('');
}

function counts(of: Readonly<Record<string, number>>): string[] {
  const seen = Object.entries(of).filter(([, count]) => count > 0);
  return seen.length === 0 ? ['    none'] : seen.map(([name, count]) => `    ${name}: ${count}`);
}
