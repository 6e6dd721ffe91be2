import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { ServerMails } from '../lvs/configuration.ts';
import { realServer, sorryServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { ProbeFailure } from '../ports/probe.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';
import type { CheckerConfigurations } from './checker-process.ts';
import { mailSettings } from './mails.testkit.ts';

const refused: ProbeFailure = { type: 'connection', error: 'ECONNREFUSED' };
const mails: ServerMails = { settings: mailSettings, eachChecker: true };

const withMails = (made: CheckerConfigurations, rest: Partial<ServerMails> = {}): CheckerConfigurations => ({
  ...made,
  lvs: { ...made.lvs, mails: { ...mails, ...rest } },
});

/** One service with two checked servers, .1 and .2, that all tell by mail. */
const two = (rest: Parameters<typeof virtualServer>[1] = {}, server: Parameters<typeof realServer>[1] = {}) =>
  configurations(
    [
      virtualServer(
        [
          realServer(1, { checkers: [0], mail: true, ...server }),
          realServer(2, { checkers: [1], mail: true, ...server }),
        ],
        { mail: true, ...rest },
      ),
    ],
    [tcpCheck(1), tcpCheck(2)],
  );

/** Mails since the last call: subject and body, the router's id left out. */
function news(bench: CheckerBench): string[] {
  return bench.mails
    .splice(0)
    .map(({ subject, body }) => `${subject.replace('[LVS_ONE] ', '')} | ${body.trim().replaceAll('\n', ' | ')}`);
}

const service = 'Virtualserver [192.0.2.1]:tcp:80';
const server = (last: number): string => `Realserver [10.0.0.${last}]:tcp:80 of virtual server [192.0.2.1]:tcp:80`;

describe('mails about servers', () => {
  it('say what keepalived’s say, its sums put right, and what was found', () => {
    const bench = new CheckerBench(withMails(two({ quorum: 2, hysteresis: 0 })));
    bench.pass(seconds(5));
    expect(news(bench)).toEqual([`${service} - UP | => Starting with quorum up 2+0=2 <= 2 <=`]);
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(20));
    expect(news(bench)).toEqual([
      `${service} - DOWN | => Lost quorum 2-0=2 > 1 <=`,
      `${server(1)} - DOWN | => TCP CHECK failed on service <= | cannot connect: ECONNREFUSED`,
    ]);
    bench.failing.clear();
    bench.pass(seconds(20));
    expect(news(bench)).toEqual([
      `${service} - UP | => Gained quorum 2+0=2 <= 2 <=`,
      `${server(1)} - UP | => TCP CHECK succeed on service <=`,
    ]);
  });

  it('are sent by those who are asked to only, and only if they can be', () => {
    for (const made of [withMails(two({ mail: false }, { mail: false })), two()]) {
      const bench = new CheckerBench(made);
      bench.pass(seconds(5));
      bench.failing.set('10.0.0.1', refused);
      bench.pass(seconds(20));
      expect(bench.mails).toEqual([]);
    }
  });

  it('tell of the first success of a script, and of alpha', () => {
    const script: CheckerConfiguration = { ...tcpCheck(1), keyword: 'MISC_CHECK' };
    const of = (server: Parameters<typeof realServer>[1]) =>
      configurations([virtualServer([realServer(1, { checkers: [0], mail: true, ...server })])], [script]);
    const plain = new CheckerBench(withMails(of({})));
    plain.pass(seconds(5));
    expect(news(plain)).toEqual([`${server(1)} - UP | => MISC CHECK succeeded on service <=`]);
    const alpha = withMails(two({}, { alpha: true }));
    const checkers = alpha.health.checkers.map(checker => ({
      ...checker,
      schedule: { ...checker.schedule, alpha: true },
    }));
    const bench = new CheckerBench({ ...alpha, health: { checkers } });
    bench.failing.set('10.0.0.2', refused);
    bench.pass(seconds(5));
    expect(news(bench)).toEqual([
      `${service} - UP | => Gained quorum 1+0=1 <= 1 <=`,
      `${server(1)} - UP | => TCP CHECK succeed on service <=`,
    ]);
  });

  it('tell of a service that starts without its quorum where a sorry server stands in', () => {
    const of = (rest: Parameters<typeof virtualServer>[1]) =>
      withMails(configurations([virtualServer([realServer(1)], { mail: true, quorum: 2, ...rest })], []));
    const started = (made: CheckerConfigurations): string[] => {
      const bench = new CheckerBench(made);
      bench.pass(seconds(1));
      return news(bench);
    };
    expect(started(of({ sorryServer }))).toEqual([`${service} - DOWN | => Starting with quorum down 2+0=2 > 1 <=`]);
    expect(started(of({}))).toEqual([]);
  });

  it('tell of every checker, or only of servers that come or go', () => {
    const checks = [tcpCheck(1), tcpCheck(2)];
    const of = (eachChecker: boolean) =>
      withMails(configurations([virtualServer([realServer(1, { checkers: [0, 1], mail: true })])], checks), {
        eachChecker,
      });
    const happened = (eachChecker: boolean): string[] => {
      const bench = new CheckerBench(of(eachChecker));
      bench.pass(seconds(5));
      for (const address of ['10.0.0.1', '10.0.0.2']) {
        bench.failing.set(address, refused);
        bench.pass(seconds(20));
      }
      for (const address of ['10.0.0.1', '10.0.0.2']) {
        bench.failing.delete(address);
        bench.pass(seconds(20));
      }
      return news(bench).map(text => text.replace(/.* - (UP|DOWN) \| => TCP CHECK (\w+) .*/, '$1 $2'));
    };
    expect(happened(true)).toEqual(['DOWN failed', 'DOWN failed', 'DOWN succeed', 'UP succeed']);
    expect(happened(false)).toEqual(['DOWN failed', 'UP succeed']);
  });

  it('are not sent for a check that only looks', () => {
    const shadow = withMails(two());
    const bench = new CheckerBench({
      ...shadow,
      health: { checkers: shadow.health.checkers.map(each => ({ ...each, shadow: true })) },
    });
    bench.pass(seconds(5));
    news(bench);
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(20));
    expect(bench.mails).toEqual([]);
  });

  it('tell of what an operator sets', () => {
    const bench = new CheckerBench(withMails(two()));
    bench.pass(seconds(5));
    news(bench);
    const one = { address: '10.0.0.1', port: 80 };
    for (const word of ['drain', 'down', undefined] as const) {
      bench.perform(bench.engine.override(bench.now, '[192.0.2.1]:tcp:80 tcp', one, word)!);
    }
    expect(news(bench)).toEqual([
      `${server(1)} - DOWN | => Set down by an operator <=`,
      `${server(1)} - UP | => Set up by an operator <=`,
    ]);
  });

  it('tell of what a reload takes away', () => {
    const bench = new CheckerBench(withMails(two()));
    bench.pass(seconds(5));
    news(bench);
    bench.perform(
      bench.engine.reload(bench.now, withMails(configurations([virtualServer([realServer(2)], { mail: true })], []))),
    );
    expect(news(bench)).toEqual([`${server(1)} - DOWN | => Removing <=`]);
    bench.perform(bench.engine.reload(bench.now, withMails(configurations([], []))));
    expect(news(bench)).toEqual([`${service} - DOWN | => Lost quorum 1-0=1 > 0 <=`]);
  });

  it('tell of a stop where it is a failure, omega', () => {
    const bench = new CheckerBench(withMails(two({ omega: true })));
    bench.pass(seconds(5));
    bench.failing.set('10.0.0.1', refused);
    bench.pass(seconds(20));
    news(bench);
    bench.perform(bench.engine.stop(bench.now, false));
    expect(news(bench)).toEqual([
      `${server(2)} - DOWN | => Shutting down <=`,
      `${service} - DOWN | => Shutting down <=`,
    ]);
  });
});
