import { describe, expect, it } from 'vitest';
import { LinePortions } from './line-portions.ts';

/** Written on each turn, and made for it. */
function played(texts: readonly (readonly [lines: number, turns: number])[]) {
  const turns: { written: number; made: number }[] = [];
  const waiting: (() => void)[] = [];
  let now = { written: 0, made: 0 };
  const last: string[] = [];
  const portions = new LinePortions(
    line => {
      now.written += 1;
      last[0] = line;
    },
    run => waiting.push(run),
  );
  function* text(name: number, lines: number): Generator<string> {
    for (let line = 0; line < lines; line++) {
      now.made += 1;
      yield `${name} ${line}`;
    }
  }
  const turn = (run: () => void): void => {
    now = { written: 0, made: 0 };
    run();
    turns.push(now);
  };
  for (const [name, [lines, count]] of texts.entries()) {
    turn(() => portions.begin(text(name, lines)));
    for (let left = count; left > 0 && waiting.length > 0; left--) turn(waiting.shift()!);
  }
  return { turns, last: last[0], waits: waiting.length > 0 };
}

describe('a text of very many lines', () => {
  it('is made and written some at a time', () => {
    const { turns, last, waits } = played([[100_000, 1_000]]);
    expect(Math.max(...turns.map(({ written, made }) => Math.max(written, made)))).toBeLessThanOrEqual(200);
    expect(turns.reduce((sum, { written }) => sum + written, 0)).toBe(100_000);
    expect(last).toBe('0 99999');
    expect(waits).toBe(false);
  });

  it('is one turn long if it is short', () => {
    expect(played([[30, 0]])).toEqual({ turns: [{ written: 30, made: 30 }], last: '0 29', waits: false });
  });

  it('ends where a newer one begins', () => {
    const { turns, last, waits } = played([
      [100_000, 2],
      [1_000, 1_000],
    ]);
    expect(turns.reduce((sum, { written }) => sum + written, 0)).toBe(1_600);
    expect(last).toBe('1 999');
    expect(waits).toBe(false);
  });
});
