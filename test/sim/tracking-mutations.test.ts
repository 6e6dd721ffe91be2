// Faults planted on purpose in what the engine does with routes, rules, files and processes: the swarm has to find every one.
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Hunt } from './hunt.testkit.ts';

const swarm = new Hunt();
afterAll(() => console.log(swarm.report));
afterEach(() => {
  vi.resetModules();
  vi.restoreAllMocks();
});

describe('routes and rules', () => {
  it('stay when the mastership is gone', async () => {
    vi.resetModules();
    const { RouteHolding } = await import('../../src/vrrp/routing-holding.ts');
    const { nextBatch } = RouteHolding.prototype;
    vi.spyOn(RouteHolding.prototype, 'nextBatch').mockImplementation(function (
      this: typeof RouteHolding.prototype,
      limit,
    ) {
      const batch = nextBatch.call(this, limit);
      return batch?.operation === 'remove' ? { ...batch, requests: [] } : batch;
    });
    expect(await swarm.after('routes are not removed')).toBe('routing-where-mastered');
  });

  it('taken away by somebody else are not missed', async () => {
    vi.resetModules();
    const { Instance } = await import('../../src/engine/instance.ts');
    vi.spyOn(Instance.prototype, 'routingRemoved').mockImplementation(() => {});
    expect(await swarm.after('a removed route is not missed')).toBe('routing-where-mastered');
  });

  it('stay when a reload drops them', async () => {
    vi.resetModules();
    const { Possessions } = await import('../../src/engine/possessions.ts');
    const { replace } = Possessions.prototype;
    vi.spyOn(Possessions.prototype, 'replace').mockImplementation(function (
      this: typeof Possessions.prototype,
      estate,
      isClaimed,
      routing,
    ) {
      replace.call(this, estate, isClaimed, { ...routing, isClaimed: () => true });
    });
    expect(await swarm.after('a reload leaves routes behind')).toBe('routing-where-mastered');
  });

  it('are not put back when their interface comes back', async () => {
    vi.resetModules();
    const { Possessions } = await import('../../src/engine/possessions.ts');
    vi.spyOn(Possessions.prototype, 'linkIsUp').mockReturnValue(false);
    expect(await swarm.after('routes are not put back')).toBe('routing-where-mastered');
  });
});

describe('tracked objects', () => {
  it('what a file says does not count', async () => {
    vi.resetModules();
    const { TrackedFiles } = await import('../../src/engine/tracked-files.ts');
    vi.spyOn(TrackedFiles.prototype, 'number').mockReturnValue(0);
    expect(await swarm.after('a tracked file does not count')).toBeDefined();
  });

  it('the weight of a file counts the wrong way round', async () => {
    vi.resetModules();
    const { TrackedFiles } = await import('../../src/engine/tracked-files.ts');
    const { number } = TrackedFiles.prototype;
    vi.spyOn(TrackedFiles.prototype, 'number').mockImplementation(function (this: typeof TrackedFiles.prototype, name) {
      const value = number.call(this, name);
      return value === undefined ? undefined : -value;
    });
    expect(await swarm.after('the weight of a file is upside down')).toBeDefined();
  });

  it('a process that dies is not missed', async () => {
    vi.resetModules();
    const { TrackedProcesses } = await import('../../src/engine/tracked-processes.ts');
    const { status } = TrackedProcesses.prototype;
    vi.spyOn(TrackedProcesses.prototype, 'status').mockImplementation(function (
      this: typeof TrackedProcesses.prototype,
      name,
    ) {
      const found = status.call(this, name);
      return found === 'down' ? 'up' : found;
    });
    expect(await swarm.after('a dead process is not missed')).toBeDefined();
  });

  it('a process that returns is not seen', async () => {
    vi.resetModules();
    const { TrackedProcesses } = await import('../../src/engine/tracked-processes.ts');
    const { told } = TrackedProcesses.prototype;
    vi.spyOn(TrackedProcesses.prototype, 'told').mockImplementation(function (
      this: typeof TrackedProcesses.prototype,
      now,
      name,
      count,
      out,
    ) {
      return (this.count(name) ?? -1) < 1 || count < this.count(name)! ? told.call(this, now, name, count, out) : false;
    });
    expect(await swarm.after('a process that returns is not seen')).toBeDefined();
  });
});
