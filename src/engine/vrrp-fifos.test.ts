import { describe, expect, it } from 'vitest';
import { microseconds, seconds } from '../base/duration.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { masterDownInterval } from '../vrrp/intervals.ts';
import { configuration, noScripts, router, syncGroup } from '../vrrp/router.testkit.ts';
import { type TestNode, TestSegment } from './vrrp-process.testkit.ts';

const fifos = [{ path: '/run/fifo', owner: undefined, reader: undefined }];
const linesOf = (node: TestNode): string[] =>
  node.effects.flatMap(({ effect }) => (effect.type === 'write-fifos' ? [effect.line] : []));
const openedBy = (node: TestNode): number[] =>
  node.effects.flatMap(({ effect }) => (effect.type === 'open-fifos' ? [effect.fifos.length] : []));

describe('notification FIFOs', () => {
  const withFifos = (made: VrrpConfiguration, rest: Partial<VrrpConfiguration> = {}): VrrpConfiguration => ({
    ...made,
    fifos,
    ...rest,
  });

  it('are told of every state in order, group and instance as keepalived has them', () => {
    const segment = new TestSegment();
    const grouped = configuration([router()], { syncGroups: [syncGroup('G', ['VI_1'])] });
    const a = segment.node('a', withFifos(grouped), '192.0.2.1');
    segment.pass(seconds(10));
    a.stop();
    expect(openedBy(a)).toEqual([1]);
    expect(linesOf(a).slice(0, 2)).toEqual(['GROUP "G" BACKUP 0', 'INSTANCE "VI_1" BACKUP 100']);
    expect(linesOf(a).slice(2, 4)).toEqual(['INSTANCE "VI_1" MASTER 100', 'GROUP "G" MASTER 0']);
    expect(linesOf(a).slice(4).sort()).toEqual(['GROUP "G" STOP 0', 'INSTANCE "VI_1" STOP 100']);
  });

  it('are told nothing where there are none', () => {
    const segment = new TestSegment();
    const a = segment.node('a', configuration([router()]), '192.0.2.1');
    segment.pass(seconds(10));
    expect([...openedBy(a), ...linesOf(a)]).toEqual([]);
  });

  it('are told of a master of lower priority', () => {
    const segment = new TestSegment();
    const a = segment.node('a', withFifos(configuration([router()])), '192.0.2.1');
    segment.pass(seconds(10));
    segment.node('b', configuration([router({ priority: 90 })]), '192.0.2.2');
    segment.pass(seconds(2));
    a.connected = false;
    segment.pass(microseconds(masterDownInterval(2, 90, seconds(1), 3)));
    a.connected = true;
    segment.pass(seconds(1));
    expect(linesOf(a)).toContain('INSTANCE "VI_1" MASTER_RX_LOWER_PRI 100');
  });

  it.each([
    ['the instance', { notify: { ...noScripts, priorityChanges: true } }, {}],
    ['its group', {}, { notify: { ...noScripts, priorityChanges: true } }],
  ])('are told of priorities where %s wants it', (_who, own, ofGroup) => {
    const segment = new TestSegment();
    const tracked = router({ trackFiles: [{ file: 'f', weight: -1, reverse: false }], ...own });
    const group = { ...syncGroup('G', ['VI_1']), ...ofGroup };
    const made = configuration([tracked], { files: [{ name: 'f', path: '/f' }], syncGroups: [group] });
    const a = segment.node('a', withFifos(made), '192.0.2.1');
    segment.pass(seconds(1));
    a.receive({ type: 'file-value', file: '/f', value: 5 });
    segment.pass(seconds(9));
    a.receive({ type: 'file-value', file: '/f', value: 7 });
    const changes = linesOf(a).filter(line => line.includes('PRIORITY'));
    expect(changes).toEqual(['INSTANCE "VI_1" BACKUP_PRIORITY 95', 'INSTANCE "VI_1" MASTER_PRIORITY 93']);
  });

  it('are told everything again after a reload if that is wanted, and closed when they are gone', () => {
    const segment = new TestSegment();
    const made = configuration([router()], { syncGroups: [syncGroup('G', ['VI_1'])] });
    const a = segment.node('a', withFifos(made), '192.0.2.1');
    segment.pass(seconds(10));
    const before = linesOf(a).length;
    a.reload(withFifos(made));
    expect(linesOf(a)).toHaveLength(before);
    a.reload(withFifos(made, { statesOnReload: true }));
    expect(linesOf(a).slice(before)).toEqual(['GROUP "G" MASTER 0', 'INSTANCE "VI_1" MASTER 100']);
    a.reload(made);
    expect(openedBy(a)).toEqual([1, 1, 1, 0]);
  });
});
