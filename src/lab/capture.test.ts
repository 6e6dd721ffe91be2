import { describe, expect, it } from 'vitest';
import { readPcap } from './capture.ts';

/** A capture file with the given magic number and records, in the byte order asked for. */
function pcap(magic: number, little: boolean, records: readonly (readonly [number, number, readonly number[]])[]) {
  const size = 24 + records.reduce((sum, [, , bytes]) => sum + 16 + bytes.length, 0);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  view.setUint32(0, magic, little);
  let at = 24;
  for (const [seconds, fraction, bytes] of records) {
    for (const [offset, value] of [seconds, fraction, bytes.length, bytes.length].entries()) {
      view.setUint32(at + offset * 4, value, little);
    }
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return file;
}

describe('readPcap', () => {
  const records = [
    [1, 500, [1, 2, 3]],
    [2, 0, [4]],
  ] as const;

  it.each([true, false])('reads frames with their times, little-endian %s', little => {
    const frames = readPcap(pcap(0xa1b2c3d4, little, records));
    expect(frames.map(frame => [frame.atMicroseconds, [...frame.bytes]])).toEqual([
      [1_000_500, [1, 2, 3]],
      [2_000_000, [4]],
    ]);
  });

  it('reads nanoseconds', () => {
    expect(readPcap(pcap(0xa1b23c4d, true, [[1, 500_000, [9]]]))[0]?.atMicroseconds).toBe(1_000_500);
  });

  it('leaves out a record that is still being written, and copes with no file header', () => {
    const file = pcap(0xa1b2c3d4, true, records);
    expect(readPcap(file.subarray(0, file.length - 1))).toHaveLength(1);
    expect(readPcap(file.subarray(0, 10))).toEqual([]);
  });
});
