import { expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { encodeAdvertisement } from '../packet/vrrp-advertisement.ts';
import { configuration, router, virtualAddress } from '../vrrp/router.testkit.ts';
import { TestSegment } from './vrrp-process.testkit.ts';

const group = ip('224.0.0.18');
const other = ip('192.0.2.9');

/** A master of two addresses whose announcements are 100 ms apart, past its own bursts. */
function master() {
  const addresses = ['192.0.2.100', '192.0.2.101'].map(text => virtualAddress(text));
  const plain = configuration([router({ addresses })]);
  const segment = new TestSegment();
  const node = segment.node(
    'a',
    { ...plain, global: { ...plain.global, garpInterval: milliseconds(100) } },
    '192.0.2.1',
  );
  segment.pass(seconds(30));
  const hearLower = (): void => {
    const advertisement = {
      version: 2,
      vrid: 51,
      priority: 50,
      interval: seconds(1),
      addresses: addresses.map(({ address }) => address),
      authentication: undefined,
    } as const;
    const envelope = { family: 4, source: other, destination: group, pseudoHeader: false } as const;
    const payload = encodeAdvertisement(advertisement, envelope);
    const packet = { channel: '4:eth0', linkIndex: 2, source: other, destination: group, ttl: 255, payload };
    node.receive({ type: 'packet-received', ...packet });
  };
  let seen = node.effects.length;
  const framesSince = (): number => {
    const fresh = node.effects.slice(seen);
    seen = node.effects.length;
    return fresh.reduce((sum, { effect }) => sum + (effect.type === 'send-frames' ? effect.frames.length : 0), 0);
  };
  return { segment, hearLower, framesSince };
}

it('a losing master that is heard during a burst is answered with another burst', () => {
  const { segment, hearLower, framesSince } = master();
  hearLower();
  segment.pass(milliseconds(550));
  expect(framesSince()).toBe(6);
  // What is left of the first one becomes part of the second: a repetition is as good as another.
  hearLower();
  segment.pass(seconds(3));
  expect(framesSince()).toBe(10);
});

it('one that is heard all the time never makes more than one burst wait', () => {
  const { segment, hearLower, framesSince } = master();
  for (let count = 0; count < 100; count++) {
    hearLower();
    segment.pass(milliseconds(50));
  }
  // Five seconds at one frame each 100 ms.
  expect(framesSince()).toBeLessThanOrEqual(51);
  segment.pass(seconds(3));
  expect(framesSince()).toBeLessThanOrEqual(20);
});
