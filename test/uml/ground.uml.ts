import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

const ipvsadm = (...words: readonly string[]): string => execFileSync('ipvsadm', words, { encoding: 'utf8' });

describe('the kernel of these tests', () => {
  // Debian built it without `twos`.
  for (const scheduler of 'rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh'.split(' ')) {
    it(`has the scheduler ${scheduler}`, () => {
      ipvsadm('-A', '-t', '192.0.2.1:80', '-s', scheduler);
      assert.equal(ipvsadm('-Sn'), `-A -t 192.0.2.1:80 -s ${scheduler}\n`);
      ipvsadm('-C');
    });
  }
});
