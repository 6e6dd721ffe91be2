import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import type { MarkedRange } from '../ports/marking.ts';
import { disjointRanges } from './marked-ranges.ts';

/** `FIRST-LAST PORT MARK`; port 0 stands for all. */
function range(text: string): MarkedRange {
  const [addresses = '', port = '', mark = '', protocol = 'tcp'] = text.split(' ');
  const [first = '', last = first] = addresses.split('-');
  const [firstPort, lastPort] = port === '0' ? [0, 65_535] : [Number(port), Number(port)];
  return { protocol: protocol as 'tcp', first: ip(first), last: ip(last), firstPort, lastPort, mark: Number(mark) };
}

const text = ({ first, last, firstPort, lastPort, mark }: MarkedRange): string =>
  `${first === last ? first : `${first}-${last}`} ${firstPort === lastPort ? firstPort : `${firstPort}-${lastPort}`} ${mark}`;

const disjoint = (...texts: readonly string[]): readonly string[] => disjointRanges(texts.map(range)).map(text);

describe('ranges of addresses that packets are marked by', () => {
  it('stay as they are where they have nothing in common', () => {
    const apart = ['10.0.0.1 80 1', '10.0.0.2-10.0.0.9 80 1', '10.0.0.1 81 2', 'fd00::-fd00::ff 80 3'];
    expect(disjoint(...apart)).toEqual(apart);
  });

  it('are told apart by protocol', () => {
    expect(disjoint('10.0.0.1 80 1', '10.0.0.1 80 2 udp')).toHaveLength(2);
  });

  it('that have something in common leave it to the first', () => {
    expect(
      disjoint('10.0.0.3-10.0.0.4 80 1', '10.0.0.1-10.0.0.9 80 2', '10.0.0.9-10.0.0.11 80 3', '10.0.0.4 80 4'),
    ).toEqual([
      '10.0.0.3-10.0.0.4 80 1',
      '10.0.0.1-10.0.0.2 80 2',
      '10.0.0.5-10.0.0.9 80 2',
      '10.0.0.10-10.0.0.11 80 3',
    ]);
  });

  it('that mean every port leave the ports that others name, whoever was first', () => {
    expect(
      disjoint('10.0.0.1-10.0.0.4 0 1', '10.0.0.2 80 2', '10.0.0.2-10.0.0.3 0 4', '10.0.0.2-10.0.0.9 65535 3'),
    ).toEqual([
      '10.0.0.2 80 2',
      '10.0.0.2-10.0.0.9 65535 3',
      '10.0.0.1 0-65535 1',
      '10.0.0.2 0-79 1',
      '10.0.0.2 81-65534 1',
      '10.0.0.3-10.0.0.4 0-65534 1',
    ]);
  });

  it('may be as large as a family', () => {
    const everything = '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 80 1';
    expect(disjoint('fd00::1 80 2', everything)).toEqual([
      'fd00::1 80 2',
      '::-fd00:: 80 1',
      'fd00::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 80 1',
    ]);
  });
});
