// What marks packets for IPVS, in a kernel: `nft` is to see what we mean.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Nftables, NftablesUnavailable } from '../../src/linux/nftables.ts';
import {
  describeMarking,
  type MarkingGround,
  markedRange,
  markingTable as table,
} from '../../src/ports/marking.testkit.ts';
import { havePeers } from './daemon.testkit.ts';

const program = fileURLToPath(new URL('../../.cache/peers/bin/nft', import.meta.url));
const nft = (...words: readonly string[]): string => execFileSync(program, words, { encoding: 'utf8' });
const ruleset = (): string => nft('list', 'ruleset').replaceAll(/counter packets \d+ bytes \d+/g, 'counter');

/** Tables and elements have no order. */
const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.replace(/^\s*(elements = \{)?\s*|(,| \})$/g, ''))
    .sort();

const usual = ['tcp 10.0.0.1 80 1000', 'tcp 10.0.0.16-10.0.0.31 0 1001', 'udp fd00::1-fd00::ff 53 1002'];

describe.skipIf(!havePeers('nft'))('the tables that mark packets', () => {
  let nftables: Nftables;
  beforeEach(() => {
    nftables = new Nftables();
  });
  afterEach(() => {
    expect([...nftables.malformed]).toEqual([]);
    nftables.close();
    nft('flush', 'ruleset');
  });

  it('are what nft shows', () => {
    expect(nftables.mark(table(usual))).toBe(true);
    expect(ruleset()).toBe(`table ip keepalived_ipvs {
	map tcp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		elements = { 10.0.0.1 . 80 : 0x000003e8,
			     10.0.0.16/28 . 0-65535 : 0x000003e9 }
	}

	chain in {
		type filter hook input priority filter - 1; policy accept;
		meta mark set ip daddr . tcp dport map @tcp_map return
	}
}
table ip6 keepalived_ipvs {
	map udp_map {
		type ipv6_addr . inet_service : mark
		flags interval
		elements = { fd00::1-fd00::ff . 53 : 0x000003ea }
	}

	chain in {
		type filter hook input priority filter - 1; policy accept;
		meta mark set ip6 daddr . udp dport map @udp_map return
	}
}
`);
  });

  describeMarking((): MarkingGround => {
    return {
      ranges: name => nftables.ranges(name),
      mark: wanted => {
        try {
          return nftables.mark(wanted);
        } catch (error) {
          if (!(error instanceof NftablesUnavailable)) throw error;
          return { error: error.code };
        }
      },
    };
  });

  it('have room for the largest mark', () => {
    const largest = 'sctp 10.0.0.1 80 4294967295';
    nftables.mark(table([largest]));
    expect(nftables.ranges('keepalived_ipvs')).toEqual([markedRange(largest)]);
  });

  it('count if they are to', () => {
    nftables.mark(table(usual.slice(0, 1), { counters: true, priority: -400 }));
    expect(ruleset()).toBe(`table ip keepalived_ipvs {
	map tcp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		counter
		elements = { 10.0.0.1 . 80 counter : 0x000003e8 }
	}

	chain in {
		type filter hook input priority -400; policy accept;
		meta mark set ip daddr . tcp dport map @tcp_map counter return
	}
}
`);
  });

  it('keep what they have counted while ranges change', () => {
    const handles = (): readonly string[] =>
      nft('--handle', 'list', 'ruleset').match(/(table|map|chain|meta).*# handle \d+/g) ?? [];
    nftables.mark(table(usual));
    const before = handles();
    nftables.mark(table(['tcp 10.0.0.1 80 1000', 'tcp 10.0.0.17-10.0.0.40 0 1003', usual[2]!]));
    expect(ruleset()).toContain('10.0.0.17-10.0.0.40 . 0-65535 : 0x000003eb');
    expect(ruleset()).not.toContain('10.0.0.16/28');
    expect(before).toHaveLength(8);
    expect(handles()).toEqual(before);
  });

  it.each([
    ['an element', 'add element ip keepalived_ipvs tcp_map { 192.0.2.1 . 1 : 7 }'],
    ['another element', 'delete element ip keepalived_ipvs tcp_map { 10.0.0.1 . 80 }'],
    ['a rule', 'insert rule ip keepalived_ipvs in accept'],
    ['no rules', 'flush chain ip keepalived_ipvs in'],
    ['nothing', 'flush ruleset'],
  ])('are repaired where somebody has left %s', (_, doing) => {
    nftables.mark(table(usual));
    const before = ruleset();
    nft(...doing.split(' '));
    expect(ruleset()).not.toBe(before);
    expect(nftables.mark(table(usual))).toBe(true);
    expect(linesOf(ruleset())).toEqual(linesOf(before));
  });

  it('go, and leave what is somebody else’s', () => {
    nft('add', 'table', 'ip', 'keepalived_ipvs');
    nft('add', 'chain', 'ip', 'keepalived_ipvs', 'mine');
    nft('add', 'table', 'ip', 'other');
    const before = ruleset();
    nftables.mark(table(usual));
    expect(ruleset()).toContain('chain mine');
    nftables.mark(table([]));
    expect(ruleset()).toBe(before);
    nft('delete', 'table', 'ip', 'keepalived_ipvs');
    nftables.mark(table(usual));
    nftables.mark(table([]));
    expect(ruleset()).toBe('table ip other {\n}\n');
  });

  it('have room for many', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `tcp 10.${index >> 8}.${index & 255}.1 80 ${index + 1}`);
    nftables.mark(table(many));
    expect(nftables.ranges('keepalived_ipvs')).toHaveLength(many.length);
    expect(nftables.mark(table(many))).toBe(false);
  });
});
