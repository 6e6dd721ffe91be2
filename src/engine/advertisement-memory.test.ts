import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { ok } from '../base/result.ts';
import type { ReceivedPacket } from '../vrrp/receive-checks.ts';
import { router } from '../vrrp/router.testkit.ts';
import { JudgedMessage, SentMessages } from './advertisement-memory.ts';

const configuration = router();
const source = ip('192.0.2.1');
const group = ip('224.0.0.18');

describe('messages sent', () => {
  it('are made anew when anything in them differs', () => {
    const sent = new SentMessages();
    const packets = new Set<object>();
    const isNew = (...[conf, from, to, priority]: [typeof configuration, typeof source, typeof source, number]) => {
      const packet = sent.packet(conf, 'ipv4:eth0', from, to, priority);
      expect(packet).toMatchObject({
        type: 'send-packet',
        channel: 'ipv4:eth0',
        source: from,
        destination: to,
        ttl: 255,
      });
      expect(packet.payload[2]).toBe(priority);
      const before = packets.size;
      return packets.add(packet).size > before;
    };
    expect(isNew(configuration, source, group, 100)).toBe(true);
    expect(isNew(configuration, source, group, 100)).toBe(false);
    expect(isNew(configuration, source, group, 0)).toBe(true);
    expect(isNew(configuration, ip('192.0.2.2'), group, 0)).toBe(true);
    expect(isNew(configuration, source, ip('192.0.2.9'), 0)).toBe(true);
    // Several peers do not make each other forgotten.
    expect(isNew(configuration, ip('192.0.2.2'), group, 0)).toBe(false);
    expect(isNew(router(), source, group, 0)).toBe(true);
    expect(isNew(configuration, source, group, 100)).toBe(true);
    expect(sent.packet(configuration, 'ipv4:eth1', source, group, 100).channel).toBe('ipv4:eth1');
  });
});

describe('messages judged', () => {
  const accepted = ok({
    advertisement: {
      version: 2,
      type: 1,
      vrid: 51,
      priority: 100,
      count: 0,
      interval: configuration.advertisementInterval,
      addresses: [],
      authentication: undefined,
      message: new Uint8Array(0),
    },
    observations: [],
  });
  const packet: ReceivedPacket = { family: 4, source, destination: group, ttl: 255, payload: Uint8Array.of(1, 2, 3) };
  const judgements = (packets: readonly ReceivedPacket[], verdict: typeof accepted | { ok: false; reason: 'ttl' }) => {
    const judged = new JudgedMessage();
    let count = 0;
    for (const received of packets) {
      if (judged.verdict(received, configuration, undefined, false)) continue;
      count++;
      judged.remember({ received, configuration, ownSource: undefined, skipAddressCheck: false, verdict });
    }
    return count;
  };

  it('are remembered by content, not by identity', () => {
    expect(judgements([packet, packet, { ...packet, payload: packet.payload.slice() }], accepted)).toBe(1);
  });

  it.each([
    ['source', { source: ip('192.0.2.7') }],
    ['destination', { destination: ip('192.0.2.7') }],
    ['TTL', { ttl: 254 }],
    ['byte', { payload: Uint8Array.of(1, 2, 4) }],
    ['length', { payload: Uint8Array.of(1, 2) }],
  ])('are judged anew with another %s', (_what, change) => {
    expect(judgements([packet, { ...packet, ...change }], accepted)).toBe(2);
  });

  it('are not remembered when they were refused', () => {
    expect(judgements([packet, packet], { ok: false, reason: 'ttl' })).toBe(2);
  });
});
