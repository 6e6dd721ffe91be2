import { readdirSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';
import { endpointOf, httpSpec, shortTimeout } from './contract.testkit.ts';
import { startServer, startStream } from './loopback-servers.testkit.ts';
import { type ProbeStage, startProbeStage } from './prober.testkit.ts';

const stages: ProbeStage[] = [];
function newStage(concurrency?: number): ProbeStage {
  const stage = startProbeStage(concurrency);
  stages.push(stage);
  return stage;
}
afterEach(() => {
  for (const stage of stages.splice(0)) stage.close();
});

const servers = {
  good: startStream(socket => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
  }, undefined),
  silent: startServer({ type: 'stream', tls: false, steps: [] }),
};
afterAll(async () => {
  for (const server of Object.values(servers)) (await server).close();
});

const descriptors = (): number => readdirSync('/proc/self/fd').length;

it('probes that hang delay no others', async () => {
  const stage = newStage(5_000);
  const hanging = (await servers.silent).port;
  const good = (await servers.good).port;
  let hung = 0;
  // None of these can end by itself while this test runs.
  const patience = seconds(300);
  for (let id = -1_000; id < 0; id++) {
    const spec = httpSpec({ ...endpointOf(hanging), timeout: patience });
    stage.prober.start(id, spec, () => {
      hung += 1;
    });
  }
  const results = await Promise.all(
    Array.from({ length: 1_000 }, () => stage.probe(httpSpec({ ...endpointOf(good), timeout: patience }))),
  );
  expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(hung).toBe(0);
  expect(stage.prober.count).toBe(1_000);
}, 60_000);

describe('what a probe holds', () => {
  it('is let go of when it ends, however it ends', async () => {
    const stage = newStage();
    const good = (await servers.good).port;
    const refusing = (await startServer({ type: 'refusing' })).port;
    const silent = (await servers.silent).port;
    const udp: ProbeSpec = {
      type: 'udp',
      endpoint: endpointOf(refusing),
      payload: Uint8Array.of(1),
      requireReply: true,
      reply: undefined,
      minimumReplyLength: 0,
      maximumReplyLength: 255,
    };
    const specs: ProbeSpec[] = [
      httpSpec(endpointOf(good)),
      httpSpec(endpointOf(refusing)),
      { type: 'tcp', endpoint: endpointOf(good) },
      { type: 'tcp', endpoint: endpointOf(refusing) },
      udp,
      { ...udp, type: 'dns', queryType: 1, name: 'example.org' },
    ];
    const round = (): Promise<ProbeResult[]> => Promise.all(specs.map(spec => stage.probe(spec)));
    await round();
    await stage.probe(httpSpec({ ...endpointOf(silent), timeout: shortTimeout }));
    const before = descriptors();
    for (let count = 0; count < 500; count++) await round();
    expect(stage.prober.count).toBe(0);
    // The servers of this test live in the same process, and let go of theirs a moment later.
    await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before);
  }, 60_000);

  it('is let go of when it is cancelled, and it is not reported', async () => {
    const stage = newStage();
    const silent = (await servers.silent).port;
    const before = descriptors();
    let reported = 0;
    for (let id = -100; id < 0; id++) {
      stage.prober.start(id, httpSpec(endpointOf(silent)), () => {
        reported += 1;
      });
    }
    for (let id = -100; id < 0; id += 2) stage.prober.cancel(id);
    expect(stage.prober.count).toBe(50);
    await stage.probe(httpSpec(endpointOf((await servers.good).port)));
    for (let id = -99; id < 0; id += 2) stage.prober.cancel(id);
    expect(stage.prober.count).toBe(0);
    await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
    expect(reported).toBe(0);
  });
});

it('probes beyond the concurrency wait for their turn, in order', async () => {
  const stage = newStage(2);
  const good = (await servers.good).port;
  const order: number[] = [];
  await new Promise<void>(resolve => {
    for (let id = 0; id < 6; id++) {
      stage.prober.start(id, { type: 'tcp', endpoint: endpointOf(good) }, told => {
        if (order.push(told) === 5) resolve();
      });
    }
    stage.prober.cancel(3);
  });
  expect(order).toEqual([0, 1, 2, 4, 5]);
});

it('no probe is reported before its start returns', async () => {
  const stage = newStage();
  // A family of its own: the kernel refuses at once to connect from an address of nobody.
  const endpoint = { ...endpointOf(1), bindAddress: endpointOf(1, '192.0.2.1').address };
  let returned = false;
  const result = new Promise<ProbeResult>(resolve => {
    stage.prober.start(1, { type: 'tcp', endpoint }, (_, ended) => {
      expect(returned).toBe(true);
      resolve(ended);
    });
    returned = true;
  });
  expect((await result).failure).toEqual({
    type: 'not-started',
    error: 'cannot bind 192.0.2.1 port 0: EADDRNOTAVAIL',
  });
});
