import { describe, expect, it } from 'vitest';
import { firstReply } from './smtp-reply.ts';

describe('an SMTP reply', () => {
  it.each([
    ['220 mx ESMTP\r\n250', 220, '220 mx ESMTP', 14],
    ['250-a\r\n250 b\r\nx', 250, '250 b', 14],
    ['250\r\n', 250, '250', 5],
    ['220 a\n', 220, '220 a', 6],
  ])('%j', (text, code, line, length) => {
    expect(firstReply(text)).toEqual({ code, line, length });
  });

  it('may be no reply at all', () => {
    expect(firstReply('SSH-2.0-x\r\n')).toEqual({ code: Number.NaN, line: 'SSH-2.0-x', length: 11 });
    expect(firstReply('250-a\r\nnonsense\r\n')?.code).toBeNaN();
  });

  it('is awaited to its last line', () => {
    for (const text of ['', '22', '220 mx', '250-a\r\n', '250-a\r\n250-b\r\n25'])
      expect(firstReply(text)).toBeUndefined();
  });
});
