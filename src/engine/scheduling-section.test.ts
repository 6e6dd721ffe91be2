import { describe, expect, it } from 'vitest';
import { microseconds, seconds } from '../base/duration.ts';
import { load } from './configuration.testkit.ts';

const router = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1/24\n}\n}\n';

function loaded(lines: string) {
  const { configuration, told, text } = load(`global_defs {\n${lines}\n}\n${router}`, { processors: 4 });
  return { scheduling: configuration!.daemon.scheduling, told, text, configuration: configuration! };
}

describe('scheduling in global_defs', () => {
  it.each(['vrrp', 'checker', 'bfd'] as const)('is said for each process: %s', process => {
    const { scheduling, told } = loaded(
      `${process}_priority -7\n${process}_rt_priority 30\n${process}_no_swap\n${process}_cpu_affinity 3 1 3\n` +
        `${process}_rlimit_rttime 20000000`,
    );
    expect(scheduling[process]).toEqual({
      niceness: -7,
      realTimePriority: 30,
      realTimeLimit: seconds(20),
      memoryLocked: true,
      processors: [1, 3],
    });
    const others = (['vrrp', 'checker', 'bfd'] as const).filter(each => each !== process);
    for (const other of others) expect(scheduling[other]).toEqual(loaded('').scheduling[other]);
    expect(told).toEqual([]);
  });

  it('is nothing unless said', () => {
    expect(loaded('').scheduling).toMatchObject({
      vrrp: { niceness: undefined, realTimePriority: undefined, memoryLocked: false, processors: undefined },
      mostAutomaticPriority: 0,
      automaticPriorityDelay: seconds(1),
    });
  });

  it('takes the nearest real-time priority that there is', () => {
    for (const [text, taken] of [
      ['0', 1],
      ['-3', 1],
      ['100', 99],
    ] as const) {
      const found = loaded(`vrrp_rt_priority ${text}`);
      expect(found.scheduling.vrrp.realTimePriority).toBe(taken);
      expect(found.told).toEqual(['bad-value 2:18']);
      expect(found.text).toContain(`"${text}" is outside 1 .. 99`);
    }
  });

  it('leaves out a set of processors of which one is not there', () => {
    const { scheduling, text } = loaded('vrrp_cpu_affinity 0 4');
    expect(scheduling.vrrp.processors).toBeUndefined();
    expect(text).toContain('"4" is outside 0 .. 3');
  });

  it('says that a short limit is raised, and takes the old name for it', () => {
    const { scheduling, told } = loaded('vrrp_rlimit_rtime 10000');
    expect(scheduling.vrrp.realTimeLimit).toBe(microseconds(10_000));
    expect(told).toEqual(['deprecated-keyword 2:1', 'short-real-time-limit 2:19']);
  });

  it.each([
    ['max_auto_priority', 99],
    ['max_auto_priority 7', 7],
    ['max_auto_priority 0', 0],
    ['max_auto_priority -1', 0],
    ['max_auto_priority 100', 0],
  ])('%s lets priority rise up to %i', (line, most) => {
    expect(loaded(line).scheduling.mostAutomaticPriority).toBe(most);
  });

  it('takes the lateness in microseconds', () => {
    expect(loaded('min_auto_priority_delay 5000').scheduling.automaticPriorityDelay).toBe(microseconds(5_000));
    expect(loaded('min_auto_priority_delay 10000001').scheduling.automaticPriorityDelay).toBe(seconds(1));
  });

  it('names the BFD process', () => {
    expect(loaded('bfd_process_name 12345678901234567').configuration.daemon.bfdProcessName).toBe('123456789012345');
  });
});
