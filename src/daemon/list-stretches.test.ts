import { describe, expect, it } from 'vitest';
import { type Stretch, stretchesOf } from './list-stretches.ts';

const item = (name: string) => ({ name });
const listOf = (names: string) => [...names].map(item);

/** What the stretches say, made of the earlier list. */
const put = (stretches: readonly Stretch[], before: readonly unknown[]) =>
  stretches.flatMap(each => (each.type === 'new' ? each.items : before.slice(each.from, each.from + each.count)));

const told = (stretches: readonly Stretch[]) =>
  stretches.map(each =>
    each.type === 'new' ? `+${each.items.length}` : `${each.from}..${each.from + each.count - 1}`,
  );

function compared(before: string, after: string): string[] {
  const [earlier, later] = [listOf(before), listOf(after)];
  const stretches = stretchesOf(later, earlier);
  expect(put(stretches, earlier)).toEqual(later);
  return told(stretches);
}

describe('a list in terms of an earlier one', () => {
  it.each([
    ['abcdef', 'abcdef', ['0..5']],
    ['abcdef', 'abXdef', ['0..1', '+1', '3..5']],
    ['abcdef', 'abXcdef', ['0..1', '+1', '2..5']],
    ['abcdef', 'abef', ['0..1', '4..5']],
    ['abcdef', 'Xabcdef', ['+1', '0..5']],
    ['abcdef', 'abcdefX', ['0..5', '+1']],
    ['abcdefghijkl', 'Xbcdfghijkl', ['+1', '1..3', '5..11']],
    ['abcdefghijklmnopqrstuvwxyz', 'az', ['0..0', '25..25']],
    ['abc', '', []],
    ['', 'abc', ['+3']],
    ['aaaa', 'aa', ['2..3']],
    ['ab', 'ba', ['1..1', '+1']],
  ])('%s, then %s', (before, after, stretches) => {
    expect(compared(before, after)).toEqual(stretches);
  });

  it('is true of any two lists', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const letters = () => Array.from({ length: random(30) }, () => String.fromCharCode(97 + random(6))).join('');
    for (let round = 0; round < 2_000; round++) compared(letters(), letters());
  });
});
