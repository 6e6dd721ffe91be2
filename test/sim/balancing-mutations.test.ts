// Faults planted on purpose in the balancing engine: the swarm has to find every one, and soon.
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Hunt } from './hunt.testkit.ts';

const swarm = new Hunt();
afterAll(() => console.log(swarm.report));
afterEach(() => {
  vi.doUnmock('../../src/lvs/pool.ts');
  vi.resetModules();
  vi.restoreAllMocks();
});

describe('health', () => {
  it('a failure counts twice: there are fewer retries than configured', async () => {
    vi.resetModules();
    const { CheckState } = await import('../../src/health/check-state.ts');
    const { result } = CheckState.prototype;
    vi.spyOn(CheckState.prototype, 'result').mockImplementation(function (
      this: typeof CheckState.prototype,
      now,
      success,
    ) {
      const first = result.call(this, now, success);
      return success || first.turned !== undefined ? first : result.call(this, now, success);
    });
    expect(await swarm.after('fewer retries')).toBeDefined();
  });

  it('of the services that share a server, one alone hears of it', async () => {
    vi.resetModules();
    const { Checks } = await import('../../src/engine/checks.ts');
    const { subscribersOf } = Checks.prototype;
    vi.spyOn(Checks.prototype, 'subscribersOf').mockImplementation(function (this: typeof Checks.prototype, check) {
      return new Map([...subscribersOf.call(this, check)].slice(0, 1));
    });
    expect(await swarm.after('a shared check tells one service')).toBeDefined();
  });
});

describe('quorum', () => {
  it('without hysteresis', async () => {
    vi.resetModules();
    vi.doMock('../../src/lvs/pool.ts', async original => {
      const module = await original<typeof import('../../src/lvs/pool.ts')>();
      class Pool extends module.Pool {
        constructor(...[configuration, healthy]: ConstructorParameters<typeof module.Pool>) {
          super({ ...configuration, hysteresis: 0 }, healthy);
        }
      }
      return { ...module, Pool };
    });
    expect(await swarm.after('no hysteresis')).toBeDefined();
  });

  it('the sorry server is never asked', async () => {
    vi.resetModules();
    const { Pool } = await import('../../src/lvs/pool.ts');
    vi.spyOn(Pool.prototype, 'sorry', 'get').mockReturnValue(false);
    expect(await swarm.after('no sorry server')).toBe('ipvs-table');
  });
});

describe('scripts', () => {
  it.each([
    ['twice', 2],
    ['never', 0],
  ])('are told %s', async (what, count) => {
    vi.resetModules();
    const { Pool } = await import('../../src/lvs/pool.ts');
    const { change } = Pool.prototype;
    vi.spyOn(Pool.prototype, 'change').mockImplementation(function (this: typeof Pool.prototype, member, wanted) {
      const events = change.call(this, member, wanted);
      const quorum = events.filter(({ type }) => type.startsWith('quorum'));
      const rest = events.filter(({ type }) => !type.startsWith('quorum'));
      // Something must be left to happen, or the table is not written either.
      return [...rest, ...Array.from({ length: count }, () => quorum).flat()];
    });
    expect(await swarm.after(`quorum scripts told ${what}`)).toBe('balancing-scripts');
  });
});

describe('the table', () => {
  it('that somebody else has changed stays so', async () => {
    vi.resetModules();
    const { KernelTable } = await import('../../src/engine/kernel-table.ts');
    const { compareOn } = KernelTable.prototype;
    vi.spyOn(KernelTable.prototype, 'compareOn').mockImplementation(function (
      this: typeof KernelTable.prototype,
      count,
    ) {
      return compareOn.call(this, count) && [];
    });
    expect(await swarm.after('foreign changes stay')).toBe('ipvs-table');
  });

  it('is left behind at a stop', async () => {
    vi.resetModules();
    const { KernelTable } = await import('../../src/engine/kernel-table.ts');
    const { want } = KernelTable.prototype;
    vi.spyOn(KernelTable.prototype, 'want').mockImplementation(function (
      this: typeof KernelTable.prototype,
      text,
      desired,
    ) {
      if (desired) want.call(this, text, desired);
    });
    expect(await swarm.after('services stay after a stop')).toBe('ipvs-table');
  });

  it('the sync daemon stays what it was', async () => {
    vi.resetModules();
    const { SyncDaemons } = await import('../../src/engine/sync-daemons.ts');
    vi.spyOn(SyncDaemons.prototype, 'follow').mockReturnValue([]);
    expect(await swarm.after('sync daemon follows nobody')).toBe('ipvs-table');
  });

  it('a sync daemon that was refused is not asked for again', async () => {
    vi.resetModules();
    const { SyncDaemons } = await import('../../src/engine/sync-daemons.ts');
    vi.spyOn(SyncDaemons.prototype, 'refused').mockReturnValue(undefined);
    expect(await swarm.after('sync daemon refused for good')).toBe('ipvs-table');
  });
});
