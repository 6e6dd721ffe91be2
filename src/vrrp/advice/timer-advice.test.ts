import { describe, expect, it } from 'vitest';
import { advised, quietGlobals, router } from './advice.testkit.ts';

describe('the wait for a dead master', () => {
  it.each([
    ['advert_int 3', []],
    ['advert_int 4', ['4 slow-failover']],
    ['advert_int 1\ndown_timer_adverts 12', ['4 slow-failover']],
    ['version 3\nadvert_int 0.03', []],
    ['version 3\nadvert_int 0.01', ['5 hasty-failover']],
    ['down_timer_adverts 1', ['4 hasty-failover']],
    ['down_timer_adverts 2', []],
  ])('%j', (lines, expected) => {
    expect(advised(router('V', 5, lines)).told).toEqual(expected);
  });

  it('is shown', () => {
    expect(advised(router('V', 5, 'advert_int 10')).messages).toEqual([
      '"V" notices a dead master only after 30.6 s: 3 x 10 s and the skew',
    ]);
  });
});

describe('a check that takes its time', () => {
  const of = (lines: string) =>
    advised(`vrrp_script s {\nscript /bin/true\n${lines}\n}\n${router('V', 5, 'track_script {\ns\n}')}${quietGlobals}`);

  it.each([
    ['interval 2\nfall 3', []],
    ['interval 20\nfall 3', []],
    ['interval 30\nfall 3', ['3 slow-check']],
    ['timeout 25\nfall 3', ['3 slow-check']],
  ])('%j', (lines, expected) => {
    expect(of(lines).told).toEqual(expected);
  });

  it('is shown with its cause', () => {
    expect(of('timeout 25\nfall 3').messages).toEqual([
      'a failure that the script "s" is to find may go unnoticed for 75 s: fall 3 x timeout 25 s',
    ]);
  });
});

describe('gaps between announcements', () => {
  const addresses = (count: number) => Array.from({ length: count }, (_, index) => `10.0.0.${index + 1}/24`).join('\n');
  const gap = (line: string) => `global_defs {\n${line}\n}\n`;

  it('that outlast the burst', () => {
    const { told, messages } = advised(gap('vrrp_garp_interval 0.1') + router('V', 5, '', addresses(20)));
    expect(told).toEqual(['2 announcements-too-slow']);
    expect(messages).toEqual(['100 frames for 20 addresses on eth0, 100 ms apart, take 10 s after a takeover']);
    expect(advised(gap('vrrp_garp_interval 0.001') + router('V', 5, '', addresses(20))).told).toEqual([]);
    expect(advised(gap('vrrp_gna_interval 0.1') + router('V', 5, '', addresses(20))).told).toEqual([]);
  });

  it('of a garp_group are not those of global_defs', () => {
    const group = 'garp_group {\ngarp_interval 0.001\ninterface eth0\n}\n';
    expect(advised(gap('vrrp_garp_interval 0.1') + group + router('V', 5, '', addresses(20))).told).toEqual([]);
  });

  it('that outlast the refresh', () => {
    const text = gap('vrrp_garp_interval 0.2') + router('V', 5, 'garp_master_refresh 2', addresses(20));
    expect(advised(text).messages).toEqual(['20 frames on eth0, 200 ms apart, take 4 s; they are due every 2 s']);
  });
});
