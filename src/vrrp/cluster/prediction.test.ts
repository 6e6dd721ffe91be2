import { describe, expect, it } from 'vitest';
import { seconds } from '../../base/duration.ts';
import { cluster, instance, script } from './cluster.testkit.ts';

const tracking = (priority: number, tracker = 's', more = '') =>
  instance(`priority ${priority}\n${more}\ntrack_script {\n${tracker}\n}`);
const rowOf = (table: readonly string[], event: string) => table.find(row => row.startsWith(event));

describe('who takes over', () => {
  it('after every single fault of either node', () => {
    const { table, masters, told } = cluster(instance('priority 100'), instance('priority 90'));
    expect(masters).toEqual(['a']);
    expect(told).toEqual([]);
    expect(table).toEqual([
      'a is gone: gone | 90 -> b -> a',
      'eth0 of a is down: fault | 90 -> b -> a',
      'b is gone: 100 | gone -> a -> a',
      'eth0 of b is down: 100 | fault -> a -> a',
    ]);
  });

  it('after a weighted script fails: by the sum', () => {
    const { table } = cluster(script('weight -15') + tracking(100), script('weight -15') + tracking(90));
    expect(rowOf(table, 's fails on a')).toBe('s fails on a: 100 - 15 = 85 | 90 -> b -> a');
    expect(rowOf(table, 's fails on b')).toBe('s fails on b: 100 | 90 - 15 = 75 -> a -> a');
  });

  it('after a bonus is lost', () => {
    const { table, told } = cluster(script('weight 2') + tracking(100), script('weight 2') + tracking(99));
    expect(rowOf(table, 's fails on a')).toBe('s fails on a: 100 | 99 + 2 = 101 -> b -> a');
    expect(told).toEqual([]);
  });

  it('after a script without weight fails: FAULT', () => {
    const { table } = cluster(script() + tracking(100), script() + tracking(90));
    expect(rowOf(table, 's fails on a')).toBe('s fails on a: fault | 90 -> b -> a');
  });

  it('after a script that is tracked in reverse succeeds', () => {
    const { table } = cluster(
      script() + tracking(100, 's weight -50 reverse'),
      script() + tracking(90, 's weight -50 reverse'),
    );
    expect(rowOf(table, 's succeeds on a')).toBe('s succeeds on a: 100 - 50 = 50 | 90 -> b -> a');
  });

  it('after an interface that is tracked with a weight goes down', () => {
    const text = (priority: number) => instance(`priority ${priority}\ntrack_interface {\neth1 weight -20\n}`);
    expect(rowOf(cluster(text(100), text(90)).table, 'eth1 of a')).toBe(
      'eth1 of a is down: 100 - 20 = 80 | 90 -> b -> a',
    );
  });

  it('after a process is gone', () => {
    const text = (priority: number) =>
      `vrrp_track_process p {\nprocess nginx\n}\n${instance(`priority ${priority}\ntrack_process {\np\n}`)}`;
    expect(rowOf(cluster(text(100), text(90)).table, 'process p fails on a')).toBe(
      'process p fails on a: fault | 90 -> b -> a',
    );
  });

  it('not the own interface under dont_track_primary', () => {
    const { table } = cluster(instance('priority 100\ndont_track_primary'), instance('priority 90'));
    expect(rowOf(table, 'eth0 of a')).toBeUndefined();
  });

  it('among three, the next best; and the first again', () => {
    const { table } = cluster(instance('priority 100'), instance('priority 90'), instance('priority 95'));
    expect(rowOf(table, 'a is gone')).toBe('a is gone: gone | 90 | 95 -> c -> a');
  });

  it('nobody, if there is nobody', () => {
    expect(cluster(instance('priority 100')).table[0]).toBe('a is gone: gone -> nobody -> a');
  });

  it('with the interface of a group mate down: the whole group', () => {
    const mate = instance('priority 100', { name: 'W', vrid: 6, addresses: '10.1.0.1/24' }).replace('eth0', 'eth1');
    const group = 'vrrp_sync_group G {\ngroup {\nV\nW\n}\n}\n';
    const { table } = cluster(
      instance('priority 100') + mate + group,
      (instance('priority 90') + mate + group).replace('100', '90'),
    );
    expect(rowOf(table, 'eth1 of a')).toBe('eth1 of a is down: fault | 90 -> b -> a');
  });
});

describe('who stays', () => {
  it('with nopreempt: whoever has it', () => {
    const { table, told } = cluster(instance('priority 100\nnopreempt'), instance('priority 90\nnopreempt'));
    expect(rowOf(table, 'a is gone')).toBe('a is gone: gone | 90 -> b -> b');
    // All being well b may be master, too, so its faults move the address as well.
    expect(rowOf(table, 'b is gone')).toBe('b is gone: 100 | gone -> a -> a');
    expect(told).toEqual([]);
  });

  it('among equals: whoever has it; at first the higher source address', () => {
    const { table, masters } = cluster(instance('mcast_src_ip 10.0.0.8'), instance('mcast_src_ip 10.0.0.9'));
    expect(masters).toEqual(['b']);
    expect(rowOf(table, 'b is gone')).toBe('b is gone: 100 | gone -> a -> a');
  });

  it('among equals whose addresses nobody knows: either', () => {
    expect(cluster(instance(''), instance('')).masters).toEqual(['a/b']);
  });

  it('when weights make them equal', () => {
    const { table } = cluster(script('weight -10') + tracking(100), script('weight -10') + tracking(90));
    expect(rowOf(table, 's fails on a')).toBe('s fails on a: 100 - 10 = 90 | 90 -> a -> a');
  });
});

describe('how long it takes', () => {
  const within = (texts: readonly string[], event: string) => {
    const { forecasts, table } = cluster(...texts);
    return forecasts[0]!.predictions[table.findIndex(row => row.startsWith(event))]!.within;
  };
  const pair = [script() + tracking(100), script() + tracking(192)] as const;

  it('silence: the down interval of the heir', () => {
    expect(within(pair, 'b is gone')).toBe(seconds(3 + 156 / 256));
  });

  it('FAULT by a script is announced: the skew alone', () => {
    expect(within(pair, 's fails on b')).toBe(seconds(156 / 256));
  });

  it('version 3 goes by the interval of the old master', () => {
    const slow = instance('version 3\npriority 200\nadvert_int 2');
    expect(within([slow, instance('version 3\npriority 128\nadvert_int 0.5')], 'a is gone')).toBe(seconds(7));
  });

  it('preempt_delay comes on top', () => {
    const texts = [script('weight -50') + tracking(100), script() + tracking(90, 's', 'preempt_delay 60')] as const;
    expect(within(texts, 's fails on a')).toBe(seconds(63 + 166 / 256));
  });
});
