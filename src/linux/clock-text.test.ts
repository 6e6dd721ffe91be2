import { expect, it } from 'vitest';
import { clockText } from './clock-text.ts';

function clockOf() {
  const asked = { now: 1_000, formatted: 0, readings: 0 };
  const turns: (() => void)[] = [];
  const text = clockText(
    date => {
      asked.formatted++;
      return String(date.getTime());
    },
    () => {
      asked.readings++;
      return asked.now;
    },
    then => turns.push(then),
  );
  const nextTurn = (): void => {
    for (const then of turns.splice(0)) then();
  };
  return { asked, text, nextTurn };
}

it('is formatted once a second, whichever way the clock goes', () => {
  const { asked, text, nextTurn } = clockOf();
  const said = [1_000, 1_999, 2_000, 2_500, 500, 2_001].map(time => {
    asked.now = time;
    nextTurn();
    return text();
  });
  expect(said).toEqual(['1000', '1000', '2000', '2000', '500', '2001']);
  expect(asked.formatted).toBe(4);
});

it('asks the clock once for all lines of a turn of the event loop', () => {
  const { asked, text, nextTurn } = clockOf();
  expect([text(), text(), text()]).toEqual(['1000', '1000', '1000']);
  asked.now = 7_000;
  nextTurn();
  expect([text(), text()]).toEqual(['7000', '7000']);
  expect(asked.readings).toBe(2);
});
