import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { link } from '../ports/network.testkit.ts';
import type { VrrpMails } from '../vrrp/configuration.ts';
import { configuration, noScripts, router, syncGroup, virtualAddress } from '../vrrp/router.testkit.ts';
import { mailSettings } from './mails.testkit.ts';
import { type TestNode, TestSegment } from './vrrp-process.testkit.ts';

const notify = { ...noScripts, mail: true };
const mails: VrrpMails = { settings: mailSettings, faults: true };

/** Mails so far: what follows `VRRP` in the subject, and the body. */
function mailsOf(node: TestNode): string[] {
  return node.effects.flatMap(({ effect }) => {
    if (effect.type !== 'send-mail') return [];
    const { subject, body, settings } = effect.mail;
    expect(settings).toBe(mailSettings);
    expect(subject).toMatch(/^\[LVS_ONE\] VRRP /);
    return [`${subject.slice('[LVS_ONE] VRRP '.length)} | ${body.trim()}`];
  });
}

const subjects = (node: TestNode): string[] => mailsOf(node).map(text => text.split(' | ')[0]!);

/** One router that has been master for a while. */
function master(rest: Partial<VrrpMails> = {}): { segment: TestSegment; node: TestNode } {
  const segment = new TestSegment();
  const made = { ...configuration([router({ notify })]), mails: { ...mails, ...rest } };
  const node = segment.node('a', made, '192.0.2.1');
  segment.pass(seconds(10));
  return { segment, node };
}

const cable = (node: TestNode, running: boolean): void =>
  node.receive({ type: 'link-changed', link: link(2, 'eth0', { running }) });

describe('mails about a virtual router', () => {
  it('say what keepalived’s say, whenever the state is another', () => {
    const { segment, node } = master();
    cable(node, false);
    segment.pass(milliseconds(100));
    cable(node, true);
    segment.pass(milliseconds(100));
    node.stop();
    expect(mailsOf(node)).toEqual([
      'Instance VI_1 - Entering BACKUP state | => VRRP Instance is no longer owning VRRP VIPs <=',
      'Instance VI_1 - Entering MASTER state | => VRRP Instance is now owning VRRP VIPs <=',
      'Instance VI_1 - Entering FAULT state | => VRRP Instance is no longer owning VRRP VIPs <=',
      'Instance VI_1 - Entering BACKUP state | => VRRP Instance is no longer owning VRRP VIPs <=',
      'Instance VI_1 - Stopping | => VRRP is stopping <=',
    ]);
  });

  it('come after the adverts and addresses of the same turn', () => {
    const { node } = master();
    const at = node.effects.find(({ effect }) => effect.type === 'change-addresses')!.at;
    const types = node.effects.filter(effect => effect.at === at).map(({ effect }) => effect.type);
    expect(types.indexOf('send-packet')).toBeLessThan(types.indexOf('send-mail'));
  });

  it('leave FAULT out if told to, and then tell nothing twice', () => {
    const { segment, node } = master({ faults: false });
    // The second time it is BACKUP that was told last, too.
    for (const running of [false, true, false, true]) {
      cable(node, running);
      segment.pass(milliseconds(100));
    }
    segment.pass(seconds(10));
    expect(subjects(node)).toEqual([
      'Instance VI_1 - Entering BACKUP state',
      'Instance VI_1 - Entering MASTER state',
      'Instance VI_1 - Entering BACKUP state',
      'Instance VI_1 - Entering MASTER state',
    ]);
  });

  it('are sent by those who are asked to only, and only if they can be', () => {
    const segment = new TestSegment();
    const silent = segment.node('a', { ...configuration([router()]), mails }, '192.0.2.1');
    const unable = segment.node('b', configuration([router({ notify, vrid: 7, name: 'V' })]), '192.0.2.2');
    segment.pass(seconds(10));
    expect([...mailsOf(silent), ...mailsOf(unable)]).toEqual([]);
  });

  it('tell of a reload only what it changes', () => {
    const { segment, node } = master();
    const before = subjects(node).length;
    const two = router({
      notify: { ...notify, reportDeleted: true },
      name: 'two',
      vrid: 52,
      addresses: [virtualAddress('192.0.2.101')],
    });
    node.reload({ ...configuration([router({ notify }), two]), mails });
    segment.pass(seconds(10));
    node.reload({ ...configuration([router({ notify })]), mails });
    segment.pass(seconds(1));
    node.reload({ ...configuration([]), mails });
    segment.pass(seconds(1));
    expect(subjects(node).slice(before)).toEqual([
      'Instance two - Entering BACKUP state',
      'Instance two - Entering MASTER state',
      'Instance two - Deleted',
      'Instance VI_1 - Entering FAULT state',
    ]);
    expect(mailsOf(node).at(-2)).toContain('=> VRRP Deleted at reload <=');
  });
});

it('mails about a sync group speak of all its instances', () => {
  const segment = new TestSegment();
  const one = router({ name: 'one', vrid: 1 });
  const two = router({ name: 'two', vrid: 2, addresses: [virtualAddress('192.0.2.101')] });
  const groups = { syncGroups: [syncGroup('G', ['one', 'two'], notify)] };
  const node = segment.node('a', { ...configuration([one, two], groups), mails }, '192.0.2.1');
  segment.pass(seconds(10));
  cable(node, false);
  segment.pass(milliseconds(100));
  node.stop();
  expect(mailsOf(node)).toEqual([
    'Group G - Entering BACKUP state | => All VRRP group instances are now in BACKUP state <=',
    'Group G - Entering MASTER state | => All VRRP group instances are now in MASTER state <=',
    'Group G - Entering FAULT state | => All VRRP group instances are now in FAULT state <=',
    'Group G - Stopping | => VRRP is stopping <=',
  ]);
});
