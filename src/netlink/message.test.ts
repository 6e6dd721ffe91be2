import { describe, expect, it } from 'vitest';
import { seededPrng } from '../base/prng.ts';
import { decodeAttributes } from './attribute.ts';
import { decodeErrorNumber, decodeMessages, messageType } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { everyRecordedDatagram, messagesIn, recordedLinks } from './recorded.testkit.ts';
import { addressMessage, decodeAddress } from './route-address.ts';
import { decodeLink, linkMessage } from './route-link.ts';

function datagram(...messages: readonly { type: number; sequence: number; body: readonly number[] }[]): Uint8Array {
  const writer = new MessageWriter(16);
  for (const message of messages) {
    writer.begin(message.type, 5, message.sequence);
    writer.append(message.body);
    writer.end();
  }
  return writer.bytes().slice();
}

describe('decodeMessages', () => {
  it('reads what the writer wrote, several to a datagram', () => {
    const bytes = datagram(
      { type: 20, sequence: 7, body: [1, 2, 3, 4] },
      { type: 21, sequence: 8, body: [] },
      { type: 22, sequence: 9, body: [5, 6, 7, 8] },
    );
    const { messages, problem } = decodeMessages(bytes);
    expect(problem).toBeUndefined();
    expect(messages.map(({ type, flags, sequence, body }) => [type, flags, sequence, [...body]])).toEqual([
      [20, 5, 7, [1, 2, 3, 4]],
      [21, 5, 8, []],
      [22, 5, 9, [5, 6, 7, 8]],
    ]);
  });

  it('reads a recorded dump to its end', () => {
    const types = messagesIn(recordedLinks).map(message => message.type);
    expect(types.at(-1)).toBe(messageType.done);
    expect(new Set(types.slice(0, -1))).toEqual(new Set([linkMessage.new]));
  });

  it('needs no padding after the last message', () => {
    const writer = new MessageWriter();
    writer.begin(16, 0, 1);
    writer.attribute(3, [97, 98, 0]);
    writer.end();
    const bytes = writer.bytes().slice(0, -1);
    new DataView(bytes.buffer).setUint32(0, bytes.length, true);
    expect(decodeMessages(bytes).messages).toHaveLength(1);
  });

  it.each([
    ['nothing', [], 0, undefined],
    ['half a header', [16, 0, 0, 0, 1, 0], 0, 'message-header-truncated'],
    ['a length of zero', [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, 'message-length-invalid'],
    ['a length shorter than a header', [15, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, 'message-length-invalid'],
    ['a length past the end', [20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, 'message-length-invalid'],
    ['a length of 2^32 - 1', [255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, 'message-length-invalid'],
    ['rubbish after a message', [16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1, 'message-header-truncated'],
  ])('takes %s for what it is', (_, bytes, count, problem) => {
    const contents = decodeMessages(Uint8Array.from(bytes));
    expect(contents.messages).toHaveLength(count);
    expect(contents.problem).toBe(problem);
  });
});

describe('decodeAttributes', () => {
  it.each([
    ['a length of zero', [0, 0, 1, 0]],
    ['a length shorter than its header', [3, 0, 1, 0]],
    ['a length past the end', [9, 0, 1, 0, 1, 2, 3, 4]],
  ])('refuses %s', (_, bytes) => {
    expect(decodeAttributes(Uint8Array.from(bytes)).problem).toBe('attribute-length-invalid');
  });

  it('ignores the flag bits of a type and lets the last of a kind count', () => {
    const { byType } = decodeAttributes(Uint8Array.from([5, 0, 7, 0x80, 1, 0, 0, 0, 5, 0, 7, 0, 2, 0, 0, 0]));
    expect([...byType]).toEqual([[7, Uint8Array.of(2)]]);
  });
});

describe('decodeErrorNumber', () => {
  it('gives errno as a positive number, and nothing for a body without one', () => {
    const [error, short] = decodeMessages(
      datagram({ type: 2, sequence: 1, body: [0xef, 0xff, 0xff, 0xff] }, { type: 2, sequence: 2, body: [] }),
    ).messages;
    expect(decodeErrorNumber(error!)).toBe(17);
    expect(decodeErrorNumber(short!)).toBeUndefined();
  });
});

describe('MessageWriter', () => {
  it('leaves nothing of its last use behind', () => {
    const writer = new MessageWriter(64);
    writer.begin(1, 0xffff, 0xffffffff);
    writer.attribute(9, [255, 255, 255]);
    writer.end();
    writer.clear();
    writer.begin(1, 0, 0);
    writer.attribute(9, [1]);
    writer.end();
    expect([...writer.bytes()]).toEqual([24, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 9, 0, 1, 0, 0, 0]);
  });

  it('refuses a message within a message', () => {
    const writer = new MessageWriter();
    writer.begin(1, 0, 0);
    expect(() => writer.begin(1, 0, 0)).toThrow('not ended');
    expect(() => writer.bytes()).toThrow('not ended');
  });
});

it('survives 20,000 damaged datagrams, each read to its end', () => {
  const prng = seededPrng(112);
  const outcomes = new Map<string, number>();
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  for (let round = 0; round < 20_000; round++) {
    const original = everyRecordedDatagram[prng.below(everyRecordedDatagram.length)]!;
    const bytes = original.slice(0, prng.below(3) === 0 ? prng.below(original.length + 1) : original.length);
    for (let change = prng.below(6); change >= 0 && bytes.length > 0; change--) {
      // Near the beginning of a message as often as anywhere: there are the lengths.
      const place = prng.below(2) === 0 ? prng.below(Math.min(64, bytes.length)) : prng.below(bytes.length);
      bytes[place] = prng.below(256);
    }
    const contents = decodeMessages(bytes);
    if (contents.problem) count(contents.problem);
    for (const message of contents.messages) {
      decodeErrorNumber(message);
      const isAddress = message.type === addressMessage.new || message.type === addressMessage.delete;
      const result = isAddress ? decodeAddress(message) : decodeLink(message);
      count(result.ok ? 'good' : result.reason);
    }
  }
  expect([...outcomes.keys()].sort()).toEqual([
    'attribute-length-invalid',
    'attribute-malformed',
    'attribute-missing',
    'good',
    'message-body-truncated',
    'message-header-truncated',
    'message-length-invalid',
  ]);
});
