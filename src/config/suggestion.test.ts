import { describe, expect, it } from 'vitest';
import { suggestion } from './suggestion.ts';

const known = ['priority', 'preempt', 'nopreempt', 'interface', 'advert_int', 'state', 'version'];

describe('suggestion', () => {
  it.each([
    ['prioritty', 'priority'],
    ['interfce', 'interface'],
    ['sttate', 'state'],
    ['stat', 'state'],
    ['Priority', 'priority'],
    ['avdert_int', 'advert_int'],
  ])('%s means %s', (word, meant) => {
    expect(suggestion(word, known)).toBe(meant);
  });

  it.each(['foo', 'x', 'virtual_server', 'a'.repeat(100)])('%s means nothing', word => {
    expect(suggestion(word, known)).toBeUndefined();
  });
});
