import { describe, expect, it } from 'vitest';
import { LineSplitter, MessageDecoder, MessageEncoder } from './message.ts';

const encodeMessage = (message: object): readonly string[] => new MessageEncoder().encode(message);

/** Through a channel and out again. */
function sent(message: object): readonly unknown[] {
  const decoder = new MessageDecoder();
  return encodeMessage(message).flatMap(line => decoder.decode(line) ?? []);
}

describe('messages', () => {
  it('carry text, numbers, lists and bytes', () => {
    const message = { type: 'configure', list: [1, 'zwei\n', { deep: null }], bytes: new Uint8Array([0, 10, 255]) };
    const lines = encodeMessage(message);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(sent(message)).toEqual([message]);
  });

  it('leave undefined properties out', () => {
    expect(sent({ type: 'x', nothing: undefined })).toEqual([{ type: 'x' }]);
  });

  it('send long lists ahead in short portions, also those inside of others', () => {
    const server = (place: number) => ({ name: `server ${place}`.padEnd(300), bytes: Uint8Array.of(place & 255) });
    const servers = Array.from({ length: 3_000 }, (_, place) => server(place));
    const services = Array.from({ length: 1_000 }, (_, place) => ({ place, servers: servers.slice(0, 3) }));
    const message = { type: 'configure', part: { services: [...services, { place: -1, servers }], few: [1, 2] } };
    const lines = encodeMessage(message);
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(line.length).toBeLessThan(100_000);
    expect(sent(message)).toEqual([message]);
  });

  it('do not say again what a list had in common with that of the last message that had any', () => {
    const [encoder, decoder] = [new MessageEncoder(), new MessageDecoder()];
    const through = (message: object) => {
      const lines = encoder.encode(message);
      const length = lines.reduce((sum, line) => sum + line.length, 0);
      return { length, received: lines.flatMap(line => decoder.decode(line) ?? []) };
    };
    const address = (place: number) => ({ place, bytes: Uint8Array.of(place & 255) });
    const group = Array.from({ length: 60 }, (_, place) => address(place));
    const before = Array.from({ length: 300 }, (_, place) => ({ name: `service ${place}`, weight: 1, group }));
    const reordered = before.map(each => ({ ...each }));
    reordered.splice(7, 3, { name: 'other', weight: 2, group: group.toReversed() });
    const messages = [before, before.map(each => ({ ...each })), reordered, [], before, reordered.slice(0, 40), before];
    const results = messages.map(services => through({ type: 'configure', services, few: [1] }));
    results.splice(2, 0, through({ type: 'question' }));
    for (const [index, services] of messages.entries()) {
      const { received } = results.filter(({ received }) => 'services' in (received[0] as object))[index]!;
      expect(received).toEqual([{ type: 'configure', services, few: [1] }]);
    }
    const [first, second] = [results[0]!.length, results[1]!.length];
    expect(second).toBeLessThan(first / 1_000);
    expect(results[3]!.length).toBeLessThan(first / 100);
  });

  it('refuse what JSON would silently lose', () => {
    expect(() => encodeMessage({ map: new Map([[1, 2]]) })).toThrow('plain data');
  });
});

describe('LineSplitter', () => {
  it('joins pieces and splits at newlines', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('ab'))).toEqual([]);
    expect(splitter.push(Buffer.from('c\nde\n\nf'))).toEqual(['abc', 'de', '']);
    expect(splitter.rest()).toBe('f');
  });

  it('keeps a character whole that arrives in two pieces', () => {
    const splitter = new LineSplitter(100);
    const bytes = Buffer.from('ü\n');
    expect(splitter.push(bytes.subarray(0, 1))).toEqual([]);
    expect(splitter.push(bytes.subarray(1))).toEqual(['ü']);
  });

  it('refuses a line without end', () => {
    const splitter = new LineSplitter(10);
    splitter.push(Buffer.from('123456'));
    expect(() => splitter.push(Buffer.from('78901'))).toThrow(RangeError);
  });
});
