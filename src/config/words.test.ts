import { describe, expect, it } from 'vitest';
import { piecesOf } from './words.ts';

function pieces(text: string) {
  const source = { file: 'f', number: 1, text };
  const { pieces, openQuote } = piecesOf({ source, text, offset: 0, slashComment: undefined });
  return {
    pieces: pieces.map(piece => (piece.type === 'words' ? piece.words.map(word => word.text) : piece.type)),
    openQuote,
  };
}

describe('piecesOf', () => {
  it.each([
    ['a b  c', [['a', 'b', 'c']]],
    ['a { b } c', [['a'], 'open', ['b'], 'close', ['c']]],
    ['a{b}c', [['a'], 'open', ['b'], 'close', ['c']]],
    ['a "b { c" d', [['a', 'b { c', 'd']]],
    ['a x"b c"y', [['a', 'xb cy']]],
    ['a ""', [['a', '']]],
    ['a "b \\" { c" d', [['a', 'b \\" { c', 'd']]],
    ["a 'b c'", [['a', "'b", "c'"]]],
    ['}}', ['close', 'close']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(pieces(text)).toEqual({ pieces: expected, openQuote: undefined });
  });

  it('finds the quote that is not closed', () => {
    expect(pieces('a "b c')).toEqual({ pieces: [['a', 'b c']], openQuote: 2 });
  });
});
