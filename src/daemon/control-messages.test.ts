import { describe, expect, it } from 'vitest';
import { parseRequest } from './control-messages.ts';

describe('parseRequest', () => {
  it('takes what is asked for and nothing else', () => {
    expect(parseRequest('{"command":"health","service":"7","other":1}')).toEqual({
      ok: true,
      value: { command: 'health', service: '7' },
    });
    expect(parseRequest('{"command":"status"}')).toEqual({ ok: true, value: { command: 'status' } });
    expect(parseRequest('{"command":"server","verb":"drain","service":"a","server":"b"}')).toEqual({
      ok: true,
      value: { command: 'server', verb: 'drain', service: 'a', server: 'b' },
    });
  });

  it.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['null', 'not an object'],
    ['[]', '"command" is one of'],
    ['{"command":"constructor"}', '"command" is one of'],
    ['{"command":"server","verb":"kill","service":"a","server":"b"}', '"verb" is one of'],
    ['{"command":"server","verb":"up","service":"a","server":7}', '"service" and "server" are needed'],
  ])('says what is wrong with %s', (line, reason) => {
    expect(parseRequest(line)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
