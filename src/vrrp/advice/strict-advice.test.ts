import { describe, expect, it } from 'vitest';
import { advised, router } from './advice.testkit.ts';

const strict = 'global_defs {\nvrrp_strict\n}\n';

describe('vrrp_strict', () => {
  it('makes addresses unreachable', () => {
    const { told, messages } = advised(strict + router('V', 5));
    expect(told).toEqual(['2 strict-drops-traffic']);
    expect(messages[0]).toContain('no ping, no connection');
    expect(advised(strict + router('V', 5, 'accept')).told).toEqual([]);
    expect(advised(strict + router('V', 5, 'priority 255')).told).toEqual([]);
    expect(advised(strict.replace('strict', 'strict no') + router('V', 5)).told).toEqual([]);
  });

  it.each([
    ['unicast_peer {\n10.0.0.9\n}', 'unicast peers'],
    ['authentication {\nauth_type PASS\nauth_pass x\n}', 'authentication'],
    ['preempt_delay 5', 'preempt_delay'],
    ['down_timer_adverts 4', 'down_timer_adverts'],
    ['state MASTER\npriority 100', 'state MASTER'],
  ])('forbids %j', (lines, what) => {
    const { told, messages } = advised(router('V', 5, `accept\n${lines}`) + strict);
    expect(told).toEqual(['5 strict-forbids']);
    expect(messages[0]).toContain(`vrrp_strict forbids`);
    expect(messages[0]).toContain(what);
  });

  it('of an instance goes before that of all', () => {
    expect(advised(router('V', 5, 'strict_mode')).told).toEqual(['4 strict-drops-traffic']);
    expect(advised(strict + router('V', 5, 'strict_mode off')).told).toEqual([]);
  });
});
