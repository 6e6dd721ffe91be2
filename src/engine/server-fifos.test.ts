import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';

const fifos = [{ path: '/run/fifo', owner: undefined, reader: undefined }];
const one = realServer(1, { checkers: [0] });
const service = virtualServer([one], { omega: true });
const up = [`RS ${one.name} ${service.name} UP`, `VS ${service.name} UP`];
const down = [`RS ${one.name} ${service.name} DOWN`, `VS ${service.name} DOWN`];

describe('notification FIFOs', () => {
  const made = configurations([service], [tcpCheck(1)]);
  const withFifos = { ...made, lvs: { ...made.lvs, fifos } };
  const address = String(one.address);

  it('are told of servers and quorums, and of their end', () => {
    const bench = new CheckerBench(withFifos);
    bench.pass(seconds(10));
    expect(bench.fifoLines.splice(0)).toEqual([1, `VS ${service.name} UP`]);
    bench.failing.set(address, { type: 'connection', error: 'ECONNREFUSED' });
    bench.pass(seconds(60));
    expect(bench.fifoLines.splice(0)).toEqual(down);
    bench.failing.clear();
    bench.pass(seconds(60));
    expect(bench.fifoLines.splice(0)).toEqual(up);
    bench.perform(bench.engine.stop(bench.now, false));
    expect(bench.fifoLines).toEqual(down);
  });

  it('are told of what a reload takes away, and closed when they are gone', () => {
    const bench = new CheckerBench(withFifos);
    bench.pass(seconds(10));
    bench.fifoLines.splice(0);
    const none = configurations([], []);
    bench.perform(bench.engine.reload(bench.now, { ...none, lvs: { ...none.lvs, fifos } }));
    expect(bench.fifoLines.splice(0)).toEqual([1, ...down]);
    bench.perform(bench.engine.reload(bench.now, none));
    expect(bench.fifoLines).toEqual([0]);
  });

  it('are told nothing where there are none', () => {
    const bench = new CheckerBench(made);
    bench.pass(seconds(10));
    expect(bench.fifoLines).toEqual([]);
  });
});
