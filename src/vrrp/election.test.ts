import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import { judgeAsBackup, judgeAsMaster } from './election.ts';

const at = (priority: number, text: string) => ({ priority, address: ip(text) });

describe('judgeAsMaster', () => {
  it('compares priorities first', () => {
    expect(judgeAsMaster(at(100, '10.0.0.9'), at(101, '10.0.0.1'))).toBe('yield');
    expect(judgeAsMaster(at(101, '10.0.0.1'), at(100, '10.0.0.9'))).toBe('assert');
  });

  it.each([
    ['10.0.0.100', '10.0.0.200'],
    ['100.0.0.1', '200.0.0.1'],
    ['9.255.255.255', '10.0.0.0'],
    ['fe80::1', 'fe80::ff00:0:0:1'],
    ['fe80::9', 'fe80::10'],
  ])('breaks a tie of %s and %s by address, and only one side yields', (low, high) => {
    expect(judgeAsMaster(at(100, low), at(100, high))).toBe('yield');
    expect(judgeAsMaster(at(100, high), at(100, low))).toBe('assert');
  });

  it('answers a peer that gives up', () => {
    expect(judgeAsMaster(at(100, '10.0.0.1'), at(0, '10.0.0.2'))).toBe('answer-zero');
  });

  it('ignores its own advert, but not another priority from its own address', () => {
    expect(judgeAsMaster(at(100, '10.0.0.1'), at(100, '10.0.0.1'))).toBe('ignore-self');
    expect(judgeAsMaster(at(100, '10.0.0.1'), at(150, '10.0.0.1'))).toBe('yield');
  });
});

describe('judgeAsBackup', () => {
  const preempting = { priority: 200, preempt: true, preemptDelayRunning: false };

  it('accepts the better and the equal', () => {
    expect(judgeAsBackup(preempting, 201)).toBe('accept');
    expect(judgeAsBackup(preempting, 200)).toBe('accept');
  });

  it('discards the lower while it preempts', () => {
    expect(judgeAsBackup(preempting, 199)).toBe('discard-lower');
    expect(judgeAsBackup(preempting, 1)).toBe('discard-lower');
  });

  it('accepts the lower without preemption and while preemption is delayed', () => {
    expect(judgeAsBackup({ ...preempting, preempt: false }, 1)).toBe('accept');
    expect(judgeAsBackup({ ...preempting, preemptDelayRunning: true }, 1)).toBe('accept');
  });

  it('preempts as owner whatever preempt says', () => {
    expect(judgeAsBackup({ ...preempting, priority: 255, preempt: false }, 254)).toBe('discard-lower');
  });

  it('knows priority 0', () => {
    expect(judgeAsBackup(preempting, 0)).toBe('priority-zero');
    expect(judgeAsBackup({ ...preempting, preempt: false }, 0)).toBe('priority-zero');
  });
});
