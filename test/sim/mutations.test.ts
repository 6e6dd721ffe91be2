// Faults planted on purpose in the engine, each in the territory of one promise: the swarm has to find every one, and
// soon. Nothing here touches the production code; modules are replaced for one test at a time.
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Duration } from '../../src/base/duration.ts';
import { Hunt } from './hunt.testkit.ts';

const swarm = new Hunt();
const hunt = (name: string) => swarm.after(name);
afterAll(() => console.log(swarm.report));
afterEach(() => {
  vi.doUnmock('../../src/vrrp/intervals.ts');
  vi.doUnmock('../../src/vrrp/election.ts');
  vi.resetModules();
  vi.restoreAllMocks();
});

type Intervals = typeof import('../../src/vrrp/intervals.ts');
type Election = typeof import('../../src/vrrp/election.ts');

function plantInIntervals(change: (original: Intervals) => Partial<Intervals>): void {
  vi.resetModules();
  vi.doMock('../../src/vrrp/intervals.ts', async original => {
    const module = await original<Intervals>();
    return { ...module, ...change(module) };
  });
}

function plantInElection(change: (original: Election) => Partial<Election>): void {
  vi.resetModules();
  vi.doMock('../../src/vrrp/election.ts', async original => {
    const module = await original<Election>();
    return { ...module, ...change(module) };
  });
}

describe('skew time', () => {
  const planted = (skew: (priority: number, unit: number) => number) => {
    const skewTime: Intervals['skewTime'] = (version, priority, interval) =>
      skew(priority, version === 3 ? interval : 1_000_000) as Duration;
    plantInIntervals(() => ({
      skewTime,
      masterDownInterval: (version, priority, interval, adverts) =>
        (interval * adverts + skewTime(version, priority, interval)) as Duration,
    }));
  };

  it('upside down: the worst backup is the fastest', async () => {
    planted((priority, unit) => (unit * priority) / 256);
    expect(await hunt('skew upside down')).toBeDefined();
  });

  it('none at all', async () => {
    planted(() => 0);
    expect(await hunt('no skew')).toBeDefined();
  });

  it('twice as long', async () => {
    planted((priority, unit) => (2 * unit * (256 - priority)) / 256);
    expect(await hunt('skew twice as long')).toBeDefined();
  });
});

describe('priority 0', () => {
  it('is not heard', async () => {
    plantInElection(original => ({
      judgeAsBackup: (own, priority) => (priority === 0 ? 'discard-lower' : original.judgeAsBackup(own, priority)),
    }));
    expect(await hunt('priority 0 is not heard')).toBe('priority-zero-hand-over');
  });

  it('is not sent', async () => {
    vi.resetModules();
    const { VirtualRouter } = await import('../../src/vrrp/virtual-router.ts');
    const { handle } = VirtualRouter.prototype;
    vi.spyOn(VirtualRouter.prototype, 'handle').mockImplementation(function (
      this: typeof VirtualRouter.prototype,
      now,
      input,
    ) {
      return handle.call(this, now, input).filter(effect => effect.type !== 'advertise' || effect.priority > 0);
    });
    expect(await hunt('priority 0 is not sent')).toBe('priority-zero-hand-over');
  });
});

describe('announcements', () => {
  it('are forgotten on becoming master', async () => {
    vi.resetModules();
    const { Instance } = await import('../../src/engine/instance.ts');
    vi.spyOn(Instance.prototype, 'settle').mockImplementation(function (
      this: typeof Instance.prototype,
      _now,
      _operation,
      errors,
    ) {
      this.holding.settle(errors);
    });
    expect(await hunt('no announcement on becoming master')).toBe('neighbour-entry');
  });

  it('are not repeated when another master is heard', async () => {
    vi.resetModules();
    const { Announcements } = await import('../../src/vrrp/announcements.ts');
    vi.spyOn(Announcements.prototype, 'reassert').mockReturnValue(undefined);
    expect(await hunt('no announcement after another master')).toBe('neighbour-entry');
  });

  it('go on after the mastership', async () => {
    vi.resetModules();
    const { AnnouncementQueue } = await import('../../src/vrrp/announcement-queue.ts');
    vi.spyOn(AnnouncementQueue.prototype, 'withdraw').mockImplementation(() => {});
    const { Announcements } = await import('../../src/vrrp/announcements.ts');
    vi.spyOn(Announcements.prototype, 'leftMaster').mockImplementation(() => {});
    const { Instance } = await import('../../src/engine/instance.ts');
    const { announce } = Instance.prototype;
    vi.spyOn(Instance.prototype, 'announce').mockImplementation(function (
      this: typeof Instance.prototype,
      now,
      _requests,
      repeat,
    ) {
      announce.call(this, now, this.holding.requests, repeat);
    });
    expect(await hunt('announcements after the mastership')).toBe('announced-by-holder');
  });

  it('a master that yields is silent, as keepalived is', async () => {
    vi.resetModules();
    const { VirtualRouter } = await import('../../src/vrrp/virtual-router.ts');
    const { handle } = VirtualRouter.prototype;
    vi.spyOn(VirtualRouter.prototype, 'handle').mockImplementation(function (
      this: typeof VirtualRouter.prototype,
      now,
      input,
    ) {
      const effects = handle.call(this, now, input);
      const yields = effects.some(effect => effect.type === 'transition' && effect.to === 'backup' && !effect.gaveUp);
      return yields ? effects.filter(effect => effect.type !== 'advertise') : effects;
    });
    expect(await hunt('a master that yields is silent')).toBe('neighbour-entry');
  });
});

describe('sync groups', () => {
  it('members stay behind', async () => {
    vi.resetModules();
    const { VirtualRouter } = await import('../../src/vrrp/virtual-router.ts');
    const { handle } = VirtualRouter.prototype;
    vi.spyOn(VirtualRouter.prototype, 'handle').mockImplementation(function (
      this: typeof VirtualRouter.prototype,
      now,
      input,
    ) {
      return input.type === 'yield' ? [] : handle.call(this, now, input);
    });
    expect(await hunt('a sync group leaves members behind')).toBe('sync-group-together');
  });

  it('members go ahead', async () => {
    vi.resetModules();
    const { VirtualRouter } = await import('../../src/vrrp/virtual-router.ts');
    vi.spyOn(VirtualRouter.prototype, 'settings', 'get');
    const { Instance } = await import('../../src/engine/instance.ts');
    const { advanceMachine } = Instance.prototype;
    vi.spyOn(Instance.prototype, 'advanceMachine').mockImplementation(function (this: typeof Instance.prototype, now) {
      const effects = advanceMachine.call(this, now);
      return effects.some(({ type }) => type === 'wants-master')
        ? this.machine.handle(now, { type: 'take-over' })
        : effects;
    });
    expect(await hunt('a member of a sync group goes ahead')).toBeDefined();
  });
});

describe('preemption', () => {
  it('although nopreempt is set', async () => {
    plantInElection(original => ({
      judgeAsBackup: (own, priority) => original.judgeAsBackup({ ...own, preempt: true }, priority),
    }));
    expect(await hunt('nopreempt preempts')).toBe('no-preemption');
  });

  it('from an equal', async () => {
    plantInElection(original => ({
      judgeAsBackup: (own, priority) => original.judgeAsBackup({ ...own, priority: own.priority + 1 }, priority),
    }));
    expect(await hunt('a backup takes over from an equal')).toBe('no-preemption');
  });

  it('never', async () => {
    plantInElection(original => ({
      judgeAsBackup: (own, priority) => original.judgeAsBackup({ ...own, preempt: false }, priority),
    }));
    expect(await hunt('nobody preempts')).toBe('right-master');
  });
});

describe('two masters', () => {
  it('do not mind each other', async () => {
    plantInElection(original => ({
      judgeAsMaster: (own, peer) => {
        const verdict = original.judgeAsMaster(own, peer);
        return verdict === 'yield' ? 'assert' : verdict;
      },
    }));
    // Two masters, or two that answer each other without end.
    expect(['one-master', 'no-crash']).toContain(await hunt('no master yields'));
  });

  it('do not compare addresses', async () => {
    plantInElection(original => ({
      judgeAsMaster: (own, peer) => (own.priority === peer.priority ? 'assert' : original.judgeAsMaster(own, peer)),
    }));
    // They answer each other without end.
    expect(await hunt('equals do not compare addresses')).toBeDefined();
  });
});

describe('addresses', () => {
  it('stay when the mastership is gone', async () => {
    vi.resetModules();
    const { AddressHolding } = await import('../../src/vrrp/address-holding.ts');
    const { nextBatch } = AddressHolding.prototype;
    vi.spyOn(AddressHolding.prototype, 'nextBatch').mockImplementation(function (
      this: typeof AddressHolding.prototype,
      limit,
    ) {
      const batch = nextBatch.call(this, limit);
      return batch?.operation === 'remove' ? { ...batch, requests: [] } : batch;
    });
    expect(await hunt('addresses are not removed')).toBeDefined();
  });

  it('taken away by somebody else are not missed', async () => {
    vi.resetModules();
    const { Instance } = await import('../../src/engine/instance.ts');
    vi.spyOn(Instance.prototype, 'judgeLoss').mockReturnValue(false);
    expect(await hunt('a removed address is not missed')).toBeDefined();
  });
});

describe('notifications', () => {
  const planted = async (keep: (state: string) => number) => {
    vi.resetModules();
    const { Notifications } = await import('../../src/engine/notifications.ts');
    const { instance } = Notifications.prototype;
    vi.spyOn(Notifications.prototype, 'instance').mockImplementation(function (
      this: typeof Notifications.prototype,
      subject,
      state,
    ) {
      for (let count = keep(state); count > 0; count--) instance.call(this, subject, state);
    });
  };

  it('are lost', async () => {
    await planted(state => (state === 'FAULT' ? 0 : 1));
    expect(await hunt('FAULT is not told')).toBe('notification-order');
  });

  it('are repeated', async () => {
    await planted(state => (state === 'MASTER' ? 2 : 1));
    expect(await hunt('MASTER is told twice')).toBe('notification-order');
  });
});

it('nothing is found where nothing is planted', async () => {
  const { playEpisode, randomEpisode } = await import('../../src/sim/episode.ts');
  for (let seed = 1; seed <= 5; seed++) expect(playEpisode(randomEpisode(seed)).violations).toEqual([]);
});
