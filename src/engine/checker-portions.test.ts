// Configurations of thousands of services: what takes effect in one go is bounded, and nothing else is touched or lost.
import { describe, expect, it, vi } from 'vitest';
import { seconds } from '../base/duration.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { CheckerEffect } from '../ports/checker-world.ts';
import type { ProbeFailure } from '../ports/probe.ts';
import { healthStatusOf } from '../status/health-status.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';
import type { CheckerConfigurations } from './checker-process.ts';

/** Services of the kernel's table that the engine has looked at, by their names. */
const looked = vi.hoisted(() => ({ count: 0 }));
vi.mock('../lvs/reconcile.ts', async original => {
  const module = await original<typeof import('../lvs/reconcile.ts')>();
  const serviceKeyText: typeof module.serviceKeyText = wanted => {
    looked.count += 1;
    return module.serviceKeyText(wanted);
  };
  return { ...module, serviceKeyText };
});

const refused: ProbeFailure = { type: 'connection', error: 'ECONNREFUSED' };
const services = 500;
const serversEach = 4;
/** Servers that one go may be about; some more than the engine's own bound, whose last service may have many. */
const bound = 300;

const key = (index: number) => ({
  type: 'address' as const,
  protocol: 'tcp' as const,
  address: parseIpAddress(`192.168.${index >> 8}.${index & 255}`)!,
  port: 80,
});

/** Every server is checked on a port of its own, so that each has a check of its own. */
function large(weightOf: (service: number, server: number) => number = () => 1, count = services) {
  const checkers = [];
  const virtualServers = [];
  for (let index = 0; index < count; index++) {
    const servers = [];
    for (let server = 0; server < serversEach; server++) {
      const port = 1_000 + index * serversEach + server;
      const check = tcpCheck(server + 1, { warmup: seconds(100), delayLoop: seconds(100) });
      if (check.kind !== 'probe' || check.probe.type !== 'tcp') throw new Error('a TCP check');
      const endpoint = { ...check.probe.endpoint, port };
      servers.push(realServer(server + 1, { port, weight: weightOf(index, server), checkers: [checkers.length] }));
      checkers.push({ ...check, probe: { ...check.probe, endpoint } });
    }
    virtualServers.push(virtualServer(servers, { name: `VS${index}`, keys: [key(index)] }));
  }
  return configurations(virtualServers, checkers);
}

/** A bench that remembers how much the engine did at a time. */
class PortionBench extends CheckerBench {
  /** Servers whose checks were said to be active, in each go. */
  readonly goes: number[] = [];

  override perform(effects: readonly CheckerEffect[]): void {
    const said = effects.filter(
      ({ type, ...rest }) => type === 'log' && 'text' in rest && rest.text.startsWith('Activating'),
    );
    if (said.length > 0) this.goes.push(said.length);
    super.perform(effects);
  }

  reload(configuration: CheckerConfigurations): void {
    this.perform(this.engine.reload(this.now, configuration));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);

describe('a configuration of thousands of servers', () => {
  it('that is changed in one place costs that place, once each service has been found to be as before', () => {
    const bench = new PortionBench(large());
    bench.pass(seconds(151));
    const [before, commands] = [looked.count, bench.commands.length];
    bench.reload(large((service, server) => (service === 250 && server === 2 ? 7 : 1)));
    bench.pass(seconds(0.01));
    expect(bench.commands.slice(commands)).toMatchObject([{ type: 'edit-destination' }]);
    expect(looked.count - before).toBeLessThan(services + 10);
  });

  it('takes effect in portions, at the start and at a reload', () => {
    const bench = new PortionBench(large());
    bench.pass(seconds(2));
    expect(bench.table.size).toBe(services);
    expect(Math.max(...bench.goes)).toBeLessThan(bound);
    expect(sum(bench.goes)).toBe(services * serversEach);
    bench.goes.length = 0;
    bench.reload(large(() => 2));
    expect(bench.goes.length).toBeLessThanOrEqual(1);
    bench.pass(seconds(2));
    expect(Math.max(...bench.goes)).toBeLessThan(bound);
    expect(sum(bench.goes)).toBe(services * serversEach);
    const weights = [...bench.table.values()].flatMap(entry => entry.destinations.map(({ weight }) => weight));
    expect(weights).toEqual(Array.from({ length: services * serversEach }, () => 2));
  });

  it('with one change touches one service, and every check keeps its state and its beat', () => {
    const many = 2_000;
    const bench = new PortionBench(large(() => 1, many));
    bench.failing.set('10.0.0.3', refused);
    // Some have passed, some have failed, some are in the middle of their retries, some have not been asked.
    bench.pass(seconds(60));
    const before = bench.commands.length;
    const status = () =>
      healthStatusOf(bench.engine, bench.now, 0).virtualServers.flatMap(each =>
        each.servers.map(({ checks }) => checks),
      );
    const checks = status();
    const states = new Set(checks.flat().map(({ failures, last, state }) => `${state} ${failures} ${last?.ok}`));
    expect(states).toEqual(new Set(['up 0 undefined', 'up 0 true', 'down 0 false']));
    bench.reload(large((service, server) => (service === many - 1 && server === 1 ? 7 : 1), many));
    bench.pass(seconds(0));
    expect(bench.commands.slice(before)).toMatchObject([
      { type: 'edit-destination', key: key(many - 1), destination: { weight: 7 } },
    ]);
    expect(JSON.stringify(status()) === JSON.stringify(checks)).toBe(true);
  }, 60_000);

  it('lets checks that are due begin in between', () => {
    const bench = new PortionBench(large());
    // From now on one check is due every 50 ms.
    bench.pass(seconds(50));
    const begun = bench.probes.length;
    bench.perform(
      bench.engine.reload(
        bench.now,
        large(() => 2),
      ),
    );
    let turns = 0;
    while (bench.probes.length === begun) {
      bench.now = (bench.now + 51_000) as typeof bench.now;
      bench.perform(bench.engine.advance(bench.now));
      turns += 1;
    }
    expect(turns).toBeLessThanOrEqual(2);
    expect(bench.engine.nextDeadline()).toBe(bench.now);
  });

  it('that is overtaken by another one ends as that says', () => {
    const bench = new PortionBench(large());
    bench.pass(seconds(2));
    bench.reload(large(() => 2));
    bench.perform(bench.engine.advance(bench.now));
    const last = large(() => 3, services / 2);
    bench.reload(last);
    bench.pass(seconds(2));
    const fresh = new CheckerBench(last);
    fresh.pass(seconds(2));
    expect(new Map([...bench.table].sort())).toEqual(new Map([...fresh.table].sort()));
    expect(bench.engine.services.map(({ pool }) => pool.configuration.name)).toEqual(
      last.lvs.virtualServers.map(({ name }) => name),
    );
  });

  it('leaves nothing behind when it is stopped half-way, what an earlier life left included', () => {
    const first = new CheckerBench(large());
    first.pass(seconds(2));
    const bench = new PortionBench(large(), first.table);
    bench.perform(bench.engine.handle(bench.now, readingOf(first)));
    expect(bench.engine.services.length).toBeLessThan(services);
    bench.perform(bench.engine.stop(bench.now, false));
    bench.pass(seconds(5));
    expect(bench.stopped).toBe(true);
    expect(bench.table.size).toBe(0);
  });

  it("keeps an operator's word on a server whose turn comes later", () => {
    const bench = new PortionBench(large(() => 1, 1));
    bench.pass(seconds(2));
    bench.reload(large());
    const server = { address: '10.0.0.1', port: 1_000 + (services - 1) * serversEach };
    bench.perform(bench.engine.override(bench.now, `VS${services - 1} tcp`, server, 'drain')!);
    bench.pass(seconds(2));
    const entry = bench.table.get(`tcp ${key(services - 1).address} 80`);
    expect(entry?.destinations.map(({ weight }) => weight)).toEqual([0, 1, 1, 1]);
  });
});

describe('a virtual server with a group of thousands', () => {
  const members = 5_000;
  const keys = Array.from({ length: members }, (_, index) => key(index));
  const grouped = (count: number, weight = 1) =>
    configurations([virtualServer([realServer(1, { weight }), realServer(2)], { keys: keys.slice(0, count) })], []);

  const weightsOf = ({ table }: CheckerBench): Set<string> =>
    new Set(Array.from(table.values(), ({ destinations }) => `${destinations.map(({ weight }) => weight).sort()}`));

  /** Counts the services of the table that are looked at in each turn. */
  class GroupBench extends CheckerBench {
    readonly turns: number[] = [];

    constructor(configuration: CheckerConfigurations) {
      super(configuration);
      const counting =
        <Given extends unknown[], Result>(work: (...given: Given) => Result) =>
        (...given: Given): Result => {
          const before = looked.count;
          const result = work.apply(this.engine, given);
          this.turns.push(looked.count - before);
          return result;
        };
      this.engine.advance = counting(this.engine.advance);
      this.engine.handle = counting(this.engine.handle);
      this.engine.reload = counting(this.engine.reload);
    }
  }

  it('is written, compared and taken out in portions', () => {
    const bench = new GroupBench(grouped(members));
    bench.pass(seconds(5));
    expect(bench.table.size).toBe(members);
    const begun = bench.turns.length;
    // The table is read again, and as it should be.
    bench.pass(seconds(40));
    expect(bench.turns.length - begun).toBeGreaterThan(members / bound);
    expect(bench.commands.some(({ type }) => type === 'edit-destination')).toBe(false);
    bench.perform(bench.engine.reload(bench.now, grouped(members, 7)));
    bench.pass(seconds(5));
    expect(weightsOf(bench)).toEqual(new Set(['1,7']));
    bench.perform(bench.engine.reload(bench.now, grouped(1)));
    bench.pass(seconds(5));
    expect(bench.table.size).toBe(1);
    expect(Math.max(...bench.turns)).toBeLessThan(bound * 3);
  }, 60_000);

  it('that changes while it is written ends as it is at last', () => {
    const bench = new CheckerBench(grouped(members));
    bench.send(readingOf(bench));
    for (const weight of [2, 3, 4]) {
      for (let turns = 0; turns < 20; turns++) bench.perform(bench.engine.advance(bench.now));
      bench.perform(bench.engine.reload(bench.now, grouped(members, weight)));
    }
    bench.perform(bench.engine.reload(bench.now, grouped(members / 2, 5)));
    bench.pass(seconds(5));
    expect(bench.table.size).toBe(members / 2);
    expect(weightsOf(bench)).toEqual(new Set(['1,5']));
  });
});

function readingOf(bench: CheckerBench) {
  return {
    type: 'ipvs-read' as const,
    entries: [...bench.table.values()],
    timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
    syncDaemons: [],
  };
}

it('a service of the table that another virtual server takes over is never gone', () => {
  const named = (name: string, rest: number[]) =>
    virtualServer(
      rest.map(last => realServer(last)),
      { name, keys: [key(1)] },
    );
  const bench = new CheckerBench(configurations([named('old', [1, 2])], []));
  bench.pass(seconds(2));
  const before = bench.commands.length;
  bench.perform(bench.engine.reload(bench.now, configurations([named('new', [2, 3])], [])));
  bench.pass(seconds(2));
  expect(bench.commands.slice(before).map(({ type }) => type)).toEqual(['add-destination', 'remove-destination']);
});
