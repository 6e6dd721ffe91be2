import { describe, expect, it } from 'vitest';
import { machine } from './configuration.testkit.ts';
import { systemNames } from './system-names.ts';

describe('names of numbers', () => {
  it('are those of the machine, on top of what every machine knows', () => {
    const numberOf = systemNames(
      machine({
        files: {
          '/usr/share/iproute2/rt_tables': '# reserved\n255 local\n100 office\n',
          '/etc/iproute2/rt_tables': '0x65 office # moved\n',
          '/etc/protocols': 'tcp 6 TCP\nospf 89 OSPFIGP\n',
        },
      }),
    );
    expect(numberOf('table', 'main')).toBe(254);
    expect(numberOf('table', 'office')).toBe(101);
    expect(numberOf('ipproto', 'ospf')).toBe(89);
    expect(numberOf('dsfield', 'AF11')).toBe(0x28);
    expect(numberOf('scope', 'office')).toBeUndefined();
  });
});
