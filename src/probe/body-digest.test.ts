import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BodyDigest } from './body-digest.ts';

describe('BodyDigest', () => {
  it.each([[[]], [[0]], [[5]], [[16_384]], [[16_385]], [[3, 4]], [[1, 20_000, 2]], [[20_000, 1]]])(
    'is that of all pieces together, whose bytes are overwritten meanwhile: %j',
    lengths => {
      const digest = new BodyDigest();
      const expected = createHash('md5');
      const buffer = new Uint8Array(20_000);
      lengths.forEach((length, place) => {
        const piece = buffer.fill(place + 65).subarray(0, length);
        expected.update(piece);
        digest.update(piece);
      });
      buffer.fill(0);
      expect(digest.hex()).toBe(expected.digest('hex'));
    },
  );
});
