import { expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import { trackScript } from '../vrrp/router.testkit.ts';
import { TrackedScripts } from './tracked-scripts.ts';

const start = instantFromMicroseconds(0);

function running(): TrackedScripts {
  let last = 0;
  const scripts = new TrackedScripts(() => ++last);
  scripts.configure(start, [trackScript('chk', { interval: seconds(10), timeout: seconds(1) })], false, []);
  scripts.advance(start, []);
  return scripts;
}
const signals = (out: readonly VrrpEffect[]) => out.filter(({ type }) => type === 'signal-script');

it('ends a script that takes too long', () => {
  const scripts = running();
  const out: VrrpEffect[] = [];
  expect(scripts.advance(after(start, seconds(1)), out)).toBe(true);
  expect(signals(out)).toHaveLength(1);
  expect(scripts.status('chk')).toBe('down');
});

it('hears a script out that ended while the process itself stood still', () => {
  const scripts = running();
  const out: VrrpEffect[] = [];
  const late = after(start, seconds(6));
  expect(scripts.advance(late, out)).toBe(false);
  expect(signals(out)).toEqual([]);
  scripts.ended(1, { type: 'exited', status: 0 }, out);
  expect(scripts.status('chk')).toBe('up');
});

it('ends one that is still running after that', () => {
  const scripts = running();
  const out: VrrpEffect[] = [];
  scripts.advance(after(start, seconds(6)), out);
  const soon = scripts.nextDeadline()!;
  expect(soon).toBe(after(start, milliseconds(6_050)));
  expect(scripts.advance(soon, out)).toBe(true);
  expect(signals(out)).toHaveLength(1);
});
