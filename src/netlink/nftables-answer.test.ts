import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Family, familyOf } from '../base/ip-address.ts';
import { decodeMessages, type NetlinkMessage } from './message.ts';
import { decodeChain, decodeElements, decodeRule, decodeSet, decodeTable } from './nftables-answer.ts';

type Kind = 'tables' | 'chains' | 'sets' | 'rules' | 'elements';
const file = new URL('../../test/fixtures/netlink/nftables-linux-6.18.json', import.meta.url);
const recording = JSON.parse(readFileSync(file, 'utf8')) as Record<Family, Record<Kind, readonly string[]>>;
const recorded = (family: Family, kind: Kind): readonly NetlinkMessage[] =>
  recording[family][kind].flatMap(hex => decodeMessages(Uint8Array.from(Buffer.from(hex, 'hex'))).messages);

const good = <Value>(value: Value) => ({ ok: true, value });

describe('what the kernel says of its tables', () => {
  it('is their names, chains and sets', () => {
    for (const [family, protocol] of [
      [4, 'tcp'],
      [6, 'udp'],
    ] as const) {
      expect(recorded(family, 'tables').map(decodeTable)).toEqual([good('lb')]);
      expect(recorded(family, 'chains').map(decodeChain)).toEqual([good({ table: 'lb', name: 'in', priority: -7 })]);
      const set = { table: 'lb', name: `${protocol}_map`, isMap: true, counters: true };
      expect(recorded(family, 'sets').map(message => decodeSet(message, family))).toEqual([good(set)]);
    }
  });

  it('is rules, though it says more of them than it was told', () => {
    const rules = (family: Family) => recorded(family, 'rules').map(message => decodeRule(message, family));
    expect(rules(4)).toEqual([good({ protocol: 'tcp', counters: true })]);
    expect(rules(6)).toEqual([good({ protocol: 'udp', counters: true })]);
  });

  it('is no rule of ours where a byte differs', () => {
    const [message] = recorded(4, 'rules');
    const { body } = message!;
    const place = (text: string): number => Buffer.from(body).indexOf(text);
    for (const each of [place('meta'), place('lookup'), place('tcp_map'), body.length - 1]) {
      const other = body.slice();
      other[each]! ^= 1;
      expect(decodeRule({ ...message!, body: other }, 4)).toEqual(good(undefined));
    }
  });

  it('is elements from a key to another one', () => {
    const elements = (family: Family, protocol: 'tcp' | 'udp') =>
      recorded(family, 'elements').flatMap(message => {
        const result = decodeElements(message, family, protocol);
        return result.ok ? result.value : [];
      });
    expect(elements(4, 'tcp')).toEqual([
      { protocol: 'tcp', first: '10.0.0.1', last: '10.0.0.1', firstPort: 80, lastPort: 80, mark: 1000 },
      { protocol: 'tcp', first: '10.0.0.16', last: '10.0.0.31', firstPort: 0, lastPort: 65_535, mark: 1001 },
    ]);
    expect(elements(6, 'udp')).toEqual([
      { protocol: 'udp', first: 'fd00::1', last: 'fd00::ff', firstPort: 53, lastPort: 53, mark: 4_294_967_295 },
    ]);
    expect(elements(6, 'udp').every(({ first }) => familyOf(first) === 6)).toBe(true);
  });

  it('is never taken for something else when it is cut short', () => {
    const decoders = { tables: decodeTable, chains: decodeChain, rules: decodeRule, sets: decodeSet } as const;
    for (const [kind, decode] of Object.entries(decoders)) {
      for (const message of recorded(4, kind as Kind)) {
        for (let length = 0; length < message.body.length; length++) {
          const short = { ...message, body: message.body.subarray(0, length) };
          expect(() => decode(short, 4)).not.toThrow();
          if (length < 4) expect(decode(short, 4)).toEqual({ ok: false, reason: 'message-body-truncated' });
        }
      }
    }
  });
});
