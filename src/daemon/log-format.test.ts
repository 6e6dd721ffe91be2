import { describe, expect, it } from 'vitest';
import { consoleTimestamp, logFileFor, logLines, monthDayTime } from './log-format.ts';

describe('timestamps', () => {
  it('are those of ctime and of syslog', () => {
    const date = new Date(2026, 10, 5, 5, 8, 16);
    expect(consoleTimestamp(date)).toBe('Thu Nov  5 05:08:16 2026');
    expect(monthDayTime(date)).toBe('Nov  5 05:08:16');
  });
});

describe('logFileFor', () => {
  it.each([
    ['/var/log/ha.log', '/var/log/ha_vrrp.log'],
    ['/var/log.d/ha', '/var/log.d/ha_vrrp'],
    ['a.b.log', 'a.b_vrrp.log'],
  ])('inserts the suffix into %s', (file, expected) => {
    expect(logFileFor(file, '_vrrp')).toBe(expected);
  });
});

describe('logLines', () => {
  it('splits lines and disarms control characters', () => {
    expect(logLines('one\n\n  two \t\n\u001b[31mred')).toEqual(['one', '  two', '\ufffd[31mred']);
  });
});
