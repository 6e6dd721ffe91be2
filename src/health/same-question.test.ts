import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { plainEndpoint } from '../ports/probe.testkit.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import type { CheckerConfiguration } from './configuration.ts';
import { asksTheSame } from './same-question.ts';

const endpoint = plainEndpoint('192.0.2.7', 80);
const common = {
  keyword: 'X',
  schedule: { delayLoop: seconds(1), delayBeforeRetry: seconds(1), retries: 1, warmup: seconds(0), alpha: false },
  logAllFailures: false,
  shadow: false,
};
const page: Extract<ProbeSpec, { type: 'http' }> = {
  type: 'http',
  endpoint,
  tls: undefined,
  version: '1.0',
  path: '/',
  host: 'a',
  statusRanges: [[200, 200]],
  digest: undefined,
  pattern: undefined,
};
const tls = { serverName: 'a', verify: undefined, client: undefined, compliantShutdown: false };
const urls = (...probes: ProbeSpec[]): CheckerConfiguration => ({
  ...common,
  kind: 'urls',
  probes,
  fastRecovery: false,
});
const one = (probe: ProbeSpec): CheckerConfiguration => ({ ...common, kind: 'probe', probe });
const run: Extract<ProbeSpec, { type: 'script' }> = {
  type: 'script',
  script: { command: { type: 'program', argv: ['/bin/a'] }, identity: undefined, text: '/bin/a' },
  timeout: seconds(3),
  dynamic: false,
};
const udp: Extract<ProbeSpec, { type: 'udp' }> = {
  type: 'udp',
  endpoint,
  payload: Uint8Array.of(1),
  requireReply: true,
  reply: undefined,
  minimumReplyLength: 0,
  maximumReplyLength: 9,
};

describe('the question of a check', () => {
  it.each<[string, CheckerConfiguration, CheckerConfiguration]>([
    [
      'its timeout',
      one({ type: 'tcp', endpoint }),
      one({ type: 'tcp', endpoint: { ...endpoint, timeout: seconds(1) } }),
    ],
    ['TLS', urls(page), urls({ ...page, tls })],
    ['the version of HTTP', urls(page), urls({ ...page, version: '1.1' })],
    ['the timeout of a script', one(run), one({ ...run, timeout: seconds(1) })],
    ['the payload of a datagram', one(udp), one({ ...udp, payload: Uint8Array.of(2), reply: [1] })],
    ['its schedule', one(run), { ...one(run), schedule: { ...common.schedule, retries: 7, alpha: true } }],
  ])('is the same whatever %s', (_what, left, right) => {
    expect(asksTheSame(left, right)).toBe(true);
    expect(asksTheSame(right, left)).toBe(true);
  });

  it.each<[string, CheckerConfiguration, CheckerConfiguration]>([
    ['port', one({ type: 'tcp', endpoint }), one({ type: 'tcp', endpoint: { ...endpoint, port: 81 } })],
    ['source', one({ type: 'tcp', endpoint }), one({ type: 'tcp', endpoint: { ...endpoint, fwmark: 3 } })],
    ['path', urls(page), urls({ ...page, path: '/a' })],
    ['status', urls(page), urls({ ...page, statusRanges: [[200, 201]] })],
    ['digest', urls(page), urls({ ...page, digest: 'a' })],
    ['host', urls(page), urls({ ...page, host: 'b' })],
    ['number of pages', urls(page), urls(page, page)],
    ['script', one(run), one({ ...run, script: { ...run.script, text: '/bin/b' } })],
    ['meaning of a status', one(run), one({ ...run, dynamic: true })],
    ['name', one({ type: 'smtp', endpoint, heloName: 'a' }), one({ type: 'smtp', endpoint, heloName: 'b' })],
    [
      'record',
      one({ type: 'dns', endpoint, queryType: 6, name: '' }),
      one({ type: 'dns', endpoint, queryType: 1, name: '' }),
    ],
    ['protocol', one({ type: 'tcp', endpoint }), one({ type: 'ping', endpoint })],
    ['kind', one({ type: 'tcp', endpoint }), urls(page)],
  ])('is another one with another %s', (_what, left, right) => {
    expect(asksTheSame(left, right)).toBe(false);
    expect(asksTheSame(right, left)).toBe(false);
  });
});
