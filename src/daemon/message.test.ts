import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, LineSplitter } from './message.ts';

describe('messages', () => {
  it('carry text, numbers, lists and bytes', () => {
    const message = { type: 'configure', list: [1, 'zwei\n', { deep: null }], bytes: new Uint8Array([0, 10, 255]) };
    const line = encodeMessage(message);
    expect(line).not.toContain('\n');
    expect(decodeMessage(line)).toEqual(message);
  });

  it('leave undefined properties out', () => {
    expect(decodeMessage(encodeMessage({ type: 'x', nothing: undefined }))).toEqual({ type: 'x' });
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
