import { describe, expect, it } from 'vitest';
import { plainRule, prefix } from '../ports/routing.testkit.ts';
import type { RuleRequest } from '../ports/rule.ts';
import { decodeMessages } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { decodeRuleKey, encodeAddRule, encodeRemoveRule, ruleKey } from './route-rule.ts';

function encoded(request: RuleRequest, encode = encodeAddRule): string {
  const writer = new MessageWriter();
  encode(writer, request, 7, true);
  return Buffer.from(writer.bytes()).toString('hex').slice(8);
}

describe('encoding rules', () => {
  it('adds one that is not there yet, and removes it', () => {
    const rest =
      '0700000000000000' +
      '0200180' +
      '0c8000001' +
      '00000000' +
      '080002000a090000' +
      '0800060064000000' +
      '0500150012000000';
    expect(encoded(plainRule())).toBe(`20000506${rest}`);
    expect(encoded(plainRule(), encodeRemoveRule)).toBe(`21000500${rest}`);
  });

  it('writes every selector', () => {
    const text = encoded(
      plainRule({
        inverted: true,
        to: prefix('10.9.4.0/24'),
        action: { type: 'goto', preference: 200 },
        tos: 16,
        mark: { value: 5, mask: 7 },
        realms: { source: 3, destination: 4 },
        suppressPrefixLength: 5,
        suppressInterfaceGroup: 3,
        inputInterface: 'eth1',
        outputInterface: 'eth0',
        tunnelId: '77',
        userIds: { first: 5, last: 6 },
        ipProtocol: 6,
        sourcePorts: { first: 5, last: 6 },
        destinationPorts: { first: 7, last: 8 },
        protocol: undefined,
      }),
    );
    expect(text).toBe(
      '20000506' +
        '0700000000000000' +
        '021818100000000202000000' +
        '080001000a090400' +
        '080002000a090000' +
        '0800060064000000' +
        '08000400c8000000' +
        '08000a0005000000' +
        '0800100007000000' +
        '08000b0004000300' +
        '0c000c00000000000000004d' +
        '08000e0005000000' +
        '08000d0003000000' +
        '090003006574683100000000' +
        '090011006574683000000000' +
        '0c0014000500000006000000' +
        '0500160006000000' +
        '0800170005000600' +
        '0800180007000800',
    );
    expect(encoded(plainRule({ l3mdev: true, action: { type: 'table', table: 0 } }))).toContain('0500130001000000');
    expect(encoded(plainRule({ action: { type: 'table', table: 70_000 } }))).toContain('08000f0070110100');
    expect(encoded(plainRule({ action: { type: 'prohibit' } }))).toContain('0200180000000008');
  });
});

describe('what the kernel tells of rules', () => {
  it('is known by what makes it ours', () => {
    for (const request of [
      plainRule(),
      plainRule({ inputInterface: 'eth1', mark: { value: 5, mask: 7 } }),
      plainRule({ from: undefined }),
    ]) {
      const writer = new MessageWriter();
      encodeRemoveRule(writer, request, 1, false);
      const result = decodeRuleKey(decodeMessages(writer.bytes()).messages[0]!);
      expect(result).toEqual({ ok: true, value: ruleKey(request) });
      expect(ruleKey({ ...request, preference: 101 })).not.toBe(ruleKey(request));
    }
  });
});
