import { describe, expect, it } from 'vitest';
import { instanceText, load } from '../../engine/configuration.testkit.ts';
import { advised, quietGlobals, router } from './advice.testkit.ts';

const script = 'vrrp_script s {\nscript /bin/true\nweight 2\n}\n';
const tracking = (lines: string, tracker = 's') => `${lines}\ntrack_script {\n${tracker}\n}`;

describe('weights', () => {
  it('never move the address under nopreempt', () => {
    const { told, messages, advice } = advised(router('V', 5, tracking('nopreempt')) + script + quietGlobals);
    expect(told).toEqual(['6 weight-without-effect']);
    expect(messages).toEqual(['weight 2 under nopreempt never moves the address when script "s" fails']);
    expect(advice[0]).toMatchObject({ severity: 'advice', keepalivedClass: 'ignores', refuses: false });
  });

  it('are advised about even if the script is not on this machine', () => {
    const missing = script.replace('/bin/true', '/opt/missing');
    expect(advised(router('V', 5, tracking('nopreempt')) + missing + quietGlobals).told).toEqual([
      '6 weight-without-effect',
    ]);
  });

  it.each([
    ['preempting', '', 's'],
    ['without weight', 'nopreempt', 's weight 0'],
    ['nopreempt that is cleared', 'state MASTER\npriority 100\nnopreempt', 's'],
  ])('%s: nothing to say', (_name, lines, tracker) => {
    expect(advised(router('V', 5, tracking(lines, tracker)) + script + quietGlobals).told).toEqual([]);
  });

  it('do not touch the owner of the address', () => {
    const { messages } = advised(router('V', 5, tracking('priority 255')) + script + quietGlobals);
    expect(messages).toEqual(['weight 2 of script "s" has no effect: priority 255 is never changed']);
  });

  it.each([
    ['track_file {\nf\n}', 'file "f"', 5],
    ['track_file {\nf weight 0\n}', undefined, 0],
    ['track_process {\np weight 5\n}', 'process "p"', 0],
    ['track_interface {\neth1 weight 5\n}', 'interface "eth1"', 5],
    ['track_bfd {\nb weight 5\n}', 'BFD instance "b"', 5],
  ])('%s does not touch the owner either, and keepalived may mind', (block, what, status) => {
    const objects =
      'bfd_instance b {\nneighbor_ip 10.0.0.9\n}\ntrack_file f {\nfile /tmp/f\n}\nvrrp_track_process p {\nprocess x\n}\n';
    const { diagnostics, testExitStatus } = load(objects + instanceText(`priority 255\n${block}`), {}, true);
    const about = diagnostics.filter(({ code }) => code === 'weight-without-effect').map(({ message }) => message);
    expect(about).toEqual(what === undefined ? [] : [expect.stringContaining(`of ${what} has no effect`)]);
    expect(testExitStatus).toBe(status);
  });

  it('that do not fit are cut off', () => {
    const { told, messages } = advised(router('V', 5, tracking('priority 200', 's weight 60')) + script + quietGlobals);
    expect(told).toEqual(['4 weight-cut-off']);
    expect(messages).toEqual(['the priority of "V" is cut off: 200 + 60 = 260, but 254 is the highest']);
    expect(advised(router('V', 5, tracking('priority 200', 's weight 54')) + script + quietGlobals).told).toEqual([]);
    expect(advised(router('V', 5, tracking('priority 200', 's weight -60')) + script + quietGlobals).told).toEqual([]);
  });
});

it('state MASTER without a priority makes an owner', () => {
  expect(advised(router('V', 5, 'state MASTER')).told).toEqual(['4 owner-by-default']);
  expect(advised(router('V', 5, 'state MASTER\npriority 255')).told).toEqual([]);
  expect(advised(router('V', 5, 'state MASTER\npriority 150')).told).toEqual([]);
});

it('a script that nothing tracks never runs', () => {
  expect(advised(router('V', 5) + script + quietGlobals).told).toEqual(['9 script-not-tracked']);
  const inGroup = `${router('V', 5)}${router('W', 6, '', '10.0.0.2/24')}vrrp_sync_group G {\ngroup {\nV\nW\n}\ntrack_script {\ns\n}\n}\n`;
  // Its weight is refused in a group, which is said there.
  expect(advised(inGroup + script + quietGlobals).told).toEqual([]);
});

it('nopreempt is for all of a sync group or for none', () => {
  const group = 'vrrp_sync_group G {\ngroup {\nV\nW\n}\n}\n';
  const two = (lines: string, others: string) =>
    advised(router('V', 5, lines) + router('W', 6, others, '10.0.0.2/24') + group).told;
  expect(two('nopreempt', '')).toEqual(['4 sync-group-uneven']);
  expect(two('nopreempt', 'nopreempt')).toEqual([]);
  expect(two('', '')).toEqual([]);
});
