import { describe, expect, it } from 'vitest';
import { explainMissing, missingCapabilities } from './capabilities.ts';

const status = (mask: string) =>
  `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${mask}\nCapBnd:\t000001ffffffffff\n`;

describe('missingCapabilities', () => {
  it('finds nothing missing for root', () => {
    expect(missingCapabilities(status('000001ffffffffff'))).toEqual([]);
    expect(missingCapabilities(status('0000000000003000'))).toEqual([]);
  });

  it('names what is missing', () => {
    expect(missingCapabilities(status('0000000000000000'))).toEqual(['CAP_NET_ADMIN', 'CAP_NET_RAW']);
    expect(missingCapabilities(status('0000000000001000'))).toEqual(['CAP_NET_RAW']);
  });

  it('says nothing where the kernel says nothing', () => {
    expect(missingCapabilities('Name:\tnode\n')).toEqual([]);
  });
});

describe('explainMissing', () => {
  it('names the capability, its purpose and the setting that grants it', () => {
    const text = explainMissing(['CAP_NET_RAW']);
    expect(text).toContain('CAP_NET_RAW (to send and receive VRRP and ARP packets)');
    expect(text).toContain('AmbientCapabilities=CAP_NET_RAW');
    expect(text).not.toContain('NET_ADMIN');
  });
});
