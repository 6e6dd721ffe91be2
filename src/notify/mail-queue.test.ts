import { describe, expect, it } from 'vitest';
import { MailQueue, mostMailsUnderWay, mostWaitingMails } from './mail-queue.ts';

describe('the mails that wait', () => {
  it('go in order, a few at a time', () => {
    const queue = new MailQueue<string>();
    for (const letter of 'abcdef') queue.add(letter);
    const first = queue.take();
    expect(first.map(({ letter }) => letter).join('')).toBe('abcdef'.slice(0, mostMailsUnderWay));
    expect(queue.take()).toEqual([]);
    expect(queue.ended(first[1]!.number, true)).toBe(true);
    expect(queue.ended(first[1]!.number, true)).toBe(false);
    expect(queue.take().map(({ letter }) => letter)).toEqual(['e']);
    expect(queue.counts).toEqual({ waiting: 1, underWay: 4, sent: 1, failed: 0, dropped: 0 });
  });

  it('are bounded: the oldest goes, is counted, and it is news once', () => {
    const queue = new MailQueue<number>();
    const fill = (): boolean[] => Array.from({ length: mostWaitingMails + 3 }, (_, place) => queue.add(place));
    expect(fill().filter(Boolean)).toHaveLength(1);
    expect(queue.counts).toMatchObject({ waiting: mostWaitingMails, dropped: 3 });
    expect(queue.takeOverflow()).toBe(0);
    expect(queue.take()[0]).toMatchObject({ letter: 3 });
    let taken = queue.lost();
    for (let next = queue.take(); next.length > 0; next = queue.take()) taken += queue.lost();
    expect(taken).toBe(mostWaitingMails);
    expect(queue.isEmpty).toBe(true);
    expect([queue.takeOverflow(), queue.takeOverflow()]).toEqual([3, 0]);
    expect(queue.counts).toMatchObject({ sent: 0, failed: mostWaitingMails, dropped: 3 });
    expect(fill().filter(Boolean)).toHaveLength(1);
  });
});
