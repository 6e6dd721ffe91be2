import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { LvsGlobals } from '../lvs/configuration.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { RunnableScript } from '../ports/script.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';

const script = (text: string): RunnableScript => ({
  command: { type: 'program', argv: [text] },
  identity: undefined,
  text,
});

/** One service with two servers, of which only .1 is checked. */
function of(global: Partial<LvsGlobals>, logAllFailures = false) {
  const servers = [
    realServer(1, { checkers: [0], notifyUp: script('up'), notifyDown: script('down') }),
    realServer(2, { notifyUp: script('other up') }),
  ];
  return configurations([virtualServer(servers)], [{ ...tcpCheck(1, { retries: 2 }), logAllFailures }], global);
}

const timeouts = { tcp: 100, tcpFin: 0, udp: 30 };

describe('at the start', () => {
  const commands = (global: Partial<LvsGlobals>) => {
    const bench = new CheckerBench(of(global));
    bench.pass(seconds(3));
    return bench.commands.map(({ type }) => type);
  };

  it('others’ services are flushed with lvs_flush, before ours are there', () => {
    expect(commands({})).toEqual(['add-service', 'add-destination', 'add-destination']);
    expect(commands({ flushAtStart: true })[0]).toBe('flush');
  });

  it('scripts hear of servers that are up with rs_init_notifies', () => {
    const scripts = (notifyAtStart: boolean) => {
      const bench = new CheckerBench(of({ notifyAtStart }));
      bench.pass(seconds(3));
      return bench.scripts;
    };
    expect(scripts(false)).toEqual([]);
    expect(scripts(true)).toEqual(['up', 'other up']);
  });

  it('timeouts are set, and as they were after the stop', () => {
    const bench = new CheckerBench(of({ timeouts }));
    bench.pass(seconds(3));
    bench.perform(bench.engine.stop(bench.now, false));
    bench.pass(seconds(1));
    expect(bench.commands.filter(({ type }) => type === 'set-timeouts')).toEqual([
      { type: 'set-timeouts', timeouts },
      { type: 'set-timeouts', timeouts: { tcp: 900, tcpFin: 120, udp: 300 } },
    ]);
  });
});

describe('at the stop', () => {
  it.each([
    ['destinations', ['remove-service'], 2],
    ['services', ['remove-service'], 0],
    ['flush', ['flush'], 0],
  ] as const)('the table is cleared by %s', (stop, expected, lines) => {
    const bench = new CheckerBench(of({ stop }));
    bench.pass(seconds(3));
    const [at, logged] = [bench.commands.length, bench.logs.length];
    bench.perform(bench.engine.stop(bench.now, false));
    bench.pass(seconds(1));
    expect(bench.commands.slice(at).map(({ type }) => type)).toEqual(expected);
    expect(bench.logs.slice(logged).filter(text => text.startsWith('Shutting down service'))).toHaveLength(lines);
    expect(bench.table.size).toBe(0);
    expect(bench.stopped).toBe(true);
  });
});

it.each([
  [false, 1],
  [true, 3],
])('with log_all_failures %s a server that fails three times is told of %d times', (logAllFailures, expected) => {
  const bench = new CheckerBench(of({}, logAllFailures));
  bench.pass(seconds(5));
  bench.failing.set('10.0.0.1', { type: 'connection', error: 'ECONNREFUSED' });
  bench.pass(seconds(13));
  expect(bench.scripts).toEqual(['down']);
  expect(bench.logs.filter(text => text.startsWith('TCP_CHECK on service'))).toHaveLength(expected);
});
