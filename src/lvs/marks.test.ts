import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import type { VirtualServerConfiguration } from './configuration.ts';
import { virtualServer } from './lvs.testkit.ts';
import { Marks } from './marks.ts';

/** A group of 10.0.LAST.1, port 80. */
const group = (last: number, rest: Partial<VirtualServerConfiguration> = {}): VirtualServerConfiguration => {
  const address = ip(`10.0.${last}.1`);
  return virtualServer([], {
    name: `[${last}]:0`,
    keys: [{ type: 'address', protocol: 'tcp', address, port: 80 }],
    marked: [{ first: address, last: address, port: 80 }],
    ...rest,
  });
};
const marked = (mark: number): VirtualServerConfiguration =>
  virtualServer([], { name: `FWM ${mark}`, keys: [{ type: 'fwmark', mark, family: 4 }] });

function assigned(marks: Marks, servers: readonly VirtualServerConfiguration[], start = 1000): readonly string[] {
  marks.assign(servers, start);
  return marks.rangesFor(servers).map(({ first, mark }) => `${first.split('.')[2]}=${mark}`);
}

describe('marks', () => {
  it('are given in the order of the configuration, and kept', () => {
    const marks = new Marks();
    expect(assigned(marks, [group(1), virtualServer([]), group(2)])).toEqual(['1=1000', '2=1001']);
    expect(assigned(marks, [group(3), group(2), group(1)])).toEqual(['3=1002', '2=1001', '1=1000']);
  });

  it('are not given again to somebody else', () => {
    const marks = new Marks();
    assigned(marks, [group(1), group(2)]);
    expect(assigned(marks, [group(1)])).toEqual(['1=1000']);
    expect(assigned(marks, [group(1), group(2)])).toEqual(['1=1000', '2=1002']);
  });

  it('are others than those of the configuration', () => {
    const marks = new Marks();
    expect(assigned(marks, [group(1), marked(1000), group(2), marked(1002)])).toEqual(['1=1001', '2=1003']);
    expect(assigned(marks, [group(1), marked(1001), group(2)])).toEqual(['1=1004', '2=1003']);
  });

  it('begin anew behind the largest', () => {
    expect(assigned(new Marks(), [group(1), group(2), marked(1)], 4_294_967_295)).toEqual(['1=4294967295', '2=2']);
  });

  it('are those of an earlier life, as far as they fit', () => {
    const marks = new Marks();
    const [first, second] = [new Marks(), [group(1), group(2), group(3)]];
    first.assign(second, 1000);
    marks.adopt([group(3), group(4), group(1)], first.rangesFor(second));
    expect(assigned(marks, [group(3), group(4), group(1)])).toEqual(['3=1002', '4=1003', '1=1000']);
  });

  it('are one for the protocol, and a service for each family', () => {
    const marks = new Marks();
    const marked = [
      { first: ip('fd00::'), last: ip('fd00::ffff:ffff:ffff:ffff'), port: 0 },
      { first: ip('10.0.0.1'), last: ip('10.0.0.9'), port: 443 },
    ];
    const both = [group(1, { marked }), group(1, { marked, protocol: 'udp' })];
    marks.assign(both, 7);
    expect(both.map(each => marks.servedByMark(each).keys)).toEqual(
      [7, 8].map(mark => [
        { type: 'fwmark', mark, family: 4 },
        { type: 'fwmark', mark, family: 6 },
      ]),
    );
    expect(marks.servedByMark(virtualServer([]))).toEqual(virtualServer([]));
    expect(marks.rangesFor(both)).toContainEqual({
      protocol: 'udp',
      first: 'fd00::',
      last: 'fd00::ffff:ffff:ffff:ffff',
      firstPort: 0,
      lastPort: 65_535,
      mark: 8,
    });
  });
});
