import { describe, expect, it } from 'vitest';
import { configurations } from '../engine/checker-process.testkit.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import type { MailCounts } from '../notify/mail-queue.ts';
import type { ChildKind } from './child-kind.ts';
import type { ParentMessage } from './child-messages.ts';
import { type ControlReply, type ControlRequest, encodeAnswer } from './control-messages.ts';
import type { DaemonLog } from './log.ts';
import { Operator } from './operator.ts';
import { ServerWords } from './server-words.ts';

function bench(
  child: { readonly json?: string; readonly mails?: MailCounts } = { json: '{"virtualServers":[]}' },
  wanted: readonly ChildKind[] = ['checker'],
) {
  const words = new ServerWords([], () => {});
  const sent: ParentMessage[] = [];
  const logged: string[] = [];
  const asked: (string | undefined)[] = [];
  const operator = new Operator({
    children: {
      ask: (_kind: ChildKind, service: string | undefined, answered: (json: string | undefined) => void) => {
        asked.push(service);
        answered(child.json);
      },
      record: (answered: (json: string | undefined) => void) => answered('{"file":"/tmp/r"}'),
      send: (_kind: ChildKind, message: ParentMessage) => sent.push(message),
    },
    words,
    log: { info: (text: string) => logged.push(text) } as unknown as DaemonLog,
    balancing: () => configurations([virtualServer([realServer(1)])], []),
    wanted: () => wanted,
    mails: () => child.mails,
  });
  const ask = (request: ControlRequest): ControlReply | undefined => {
    let answer: ControlReply | undefined;
    operator.obey(request, reply => {
      answer = JSON.parse(encodeAnswer(reply)) as ControlReply;
    });
    return answer;
  };
  return { ask, asked, words, sent, logged };
}

const drain = { command: 'server', verb: 'drain', service: '192.0.2.1:80', server: '10.0.0.1' } as const;
const word = { service: '[192.0.2.1]:tcp:80 tcp', address: '10.0.0.1', port: 80, word: 'drain' };

describe('the operator', () => {
  it('is told of mails, where some are sent', () => {
    const mails = { waiting: 1, underWay: 2, sent: 3, failed: 4, dropped: 5 };
    expect(bench({ json: '{}', mails }).ask({ command: 'health' })).toEqual({ ok: true, result: {}, mails });
    expect(bench({ json: '{}' }).ask({ command: 'health' })).toEqual({ ok: true, result: {} });
  });

  it('takes servers out and back', () => {
    const { ask, words, sent, logged } = bench();
    expect(ask(drain)).toEqual({
      ok: true,
      result: { service: '[192.0.2.1]:tcp:80', server: '[10.0.0.1]:tcp:80', verb: 'drain' },
    });
    expect(words.all).toEqual([word]);
    expect(sent).toEqual([{ type: 'server-word', word }]);
    expect(logged).toEqual(['An operator sets service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80 to drain']);
    ask({ ...drain, verb: 'auto' });
    expect(words.all).toEqual([]);
    expect(sent[1]).toEqual({ type: 'server-word', word: { ...word, word: undefined } });
  });

  it('gets the flight recording written', () => {
    expect(bench({}, ['vrrp']).ask({ command: 'record' })).toEqual({ ok: true, result: { file: '/tmp/r' } });
    expect(bench().ask({ command: 'record' })).toEqual({ ok: false, error: 'no VRRP instance is configured' });
  });

  it('names what there is if there is no such server', () => {
    const { ask, words, sent } = bench();
    expect(ask({ ...drain, server: '10.0.0.9' })).toEqual({
      ok: false,
      error: 'there is no real server of [192.0.2.1]:tcp:80 "10.0.0.9"; there is [10.0.0.1]:tcp:80',
    });
    expect(ask({ ...drain, service: 'nobody' })).toMatchObject({ ok: false });
    expect(words.all).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('passes on what the processes say of themselves', () => {
    const { ask, asked } = bench();
    expect(ask({ command: 'health' })).toEqual({ ok: true, result: { virtualServers: [] } });
    ask({ command: 'health', service: '192.0.2.1' });
    expect(asked).toEqual([undefined, '[192.0.2.1]:tcp:80 tcp']);
    expect(ask({ command: 'status' })).toEqual({ ok: false, error: 'no VRRP instance is configured' });
    expect(ask({ command: 'health', service: 'x' })).toMatchObject({ ok: false });
    expect(asked).toHaveLength(2);
  });

  it('says that a process is being restarted', () => {
    const { ask } = bench({});
    expect(ask({ command: 'health' })).toEqual({ ok: false, error: 'the Healthcheck process does not run right now' });
  });
});
