import type { ProbeEndpoint, ProbeSpec } from '../ports/probe.ts';
import {
  answer,
  bodyPattern,
  type ContractCase,
  closed,
  failedBy,
  type HttpSpec,
  httpSpec,
  md5,
  passed,
  plainTls,
  readTimeout,
  resetting,
  silent,
  stream,
  tlsStream,
  wasReset,
} from './contract.testkit.ts';

const page = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello world\n';

const http = (endpoint: ProbeEndpoint): ProbeSpec => httpSpec(endpoint);
const https = (endpoint: ProbeEndpoint): ProbeSpec => httpSpec(endpoint, { tls: plainTls });
const withHttp =
  (more: Partial<HttpSpec>) =>
  (endpoint: ProbeEndpoint): ProbeSpec =>
    httpSpec(endpoint, more);
export const httpCases: readonly ContractCase[] = [
  {
    name: 'a good status',
    server: answer(page),
    spec: http,
    expected: { failure: undefined, status: 200, digest: md5('hello world\n'), excerpt: 'HTTP/1.1 200 OK hello world' },
  },
  {
    name: 'refused',
    server: { type: 'refusing' },
    spec: http,
    expected: failedBy({ type: 'connection', error: 'ECONNREFUSED' }),
  },
  {
    name: 'no answer',
    server: { type: 'unanswering' },
    spec: http,
    expected: failedBy({ type: 'timeout', during: 'connect' }),
  },
  { name: 'silent', server: silent, spec: http, expected: readTimeout },
  { name: 'reset', server: resetting, spec: http, expected: wasReset },
  {
    name: 'hung up without a word',
    server: stream({ hear: '\r\n\r\n' }, { hangUp: true }),
    spec: http,
    expected: closed,
  },
  {
    name: 'half a header',
    server: answer('HTTP/1.1 200 OK\r\nContent-'),
    spec: http,
    expected: failedBy({ type: 'protocol', excerpt: 'HTTP/1.1 200 OK Content-' }),
  },
  {
    name: 'half a reply, then silence',
    server: stream({ hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\n\r\nhel' }),
    spec: http,
    expected: { ...readTimeout, status: 200 },
  },
  {
    name: 'half a reply, then a reset',
    server: stream({ hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\n\r\nhel' }, { reset: true }),
    spec: http,
    expected: wasReset,
  },
  {
    name: 'slow, but never silent for as long as the timeout',
    server: stream({ hear: '\r\n\r\n' }, { say: page }, { trickle: 'x', everyMs: 100 }),
    spec: http,
    expected: readTimeout,
  },
  {
    name: 'another protocol',
    server: answer('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
    spec: http,
    expected: failedBy({ type: 'protocol', excerpt: 'SSH-2.0-OpenSSH_9.2' }),
  },
  {
    name: 'a status line without a space behind the status',
    server: answer('HTTP/1.1 200\r\n\r\nhello'),
    spec: http,
    expected: failedBy({ type: 'protocol', excerpt: 'HTTP/1.1 200 hello' }),
  },
  {
    name: 'a protocol that calls itself something else',
    server: answer('ICY 200 OK\r\n\r\nhello'),
    spec: http,
    expected: passed,
  },
  {
    name: 'a reset behind everything that Content-Length promised',
    server: stream({ hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' }, { reset: true }),
    spec: http,
    expected: wasReset,
  },
  {
    name: 'a connection that stays open behind everything that Content-Length promised',
    server: stream({ hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' }),
    spec: http,
    expected: { ...readTimeout, status: 200 },
  },
  {
    name: 'lines that end in newlines only',
    server: answer('HTTP/1.0 200 OK\nX: y\n\nhello'),
    spec: http,
    expected: failedBy({ type: 'protocol', excerpt: 'HTTP/1.0 200 OK X: y hello' }),
  },
  {
    name: 'a bad status',
    server: answer('HTTP/1.1 503 Service Unavailable\r\n\r\nsorry'),
    spec: http,
    expected: {
      failure: { type: 'status', status: 503 },
      status: 503,
      excerpt: 'HTTP/1.1 503 Service Unavailable sorry',
    },
  },
  {
    name: 'a status that is asked for',
    server: answer('HTTP/1.1 404 Not Found\r\n\r\n'),
    spec: withHttp({
      statusRanges: [
        [200, 299],
        [404, 404],
      ],
    }),
    expected: { failure: undefined, status: 404 },
  },
  {
    name: 'the right digest',
    server: answer(page),
    spec: withHttp({ digest: md5('hello world\n') }),
    expected: passed,
  },
  {
    name: 'a wrong digest',
    server: answer(page),
    spec: withHttp({ digest: md5('hello') }),
    expected: failedBy({ type: 'digest', digest: md5('hello world\n') }),
  },
  {
    name: 'a digest up to Content-Length',
    server: answer('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello world\n'),
    spec: withHttp({ digest: md5('hello') }),
    expected: passed,
  },
  {
    name: 'a body shorter than Content-Length',
    server: answer('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello'),
    spec: withHttp({ digest: md5('hello') }),
    expected: passed,
  },
  {
    name: 'the digest of chunks as they are sent',
    server: answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
    spec: withHttp({ version: '1.1', digest: md5('5\r\nhello\r\n0\r\n\r\n') }),
    expected: passed,
  },
  {
    name: 'the digest of what chunks carry',
    server: answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n'),
    spec: withHttp({ version: '1.1', digest: md5('hello') }),
    expected: passed,
  },
  {
    name: 'a pattern across chunks',
    server: answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'),
    spec: withHttp({ version: '1.1', pattern: bodyPattern('^hello$') }),
    expected: passed,
  },
  {
    name: 'a pattern that is found',
    server: answer(page),
    spec: withHttp({ pattern: bodyPattern('wor+ld') }),
    expected: passed,
  },
  {
    name: 'a pattern that is not found',
    server: answer(page),
    spec: withHttp({ pattern: bodyPattern('^world') }),
    expected: failedBy({ type: 'pattern' }),
  },
  {
    name: 'a pattern that must not be found',
    server: answer(page),
    spec: withHttp({ pattern: bodyPattern('world', { negate: true }) }),
    expected: failedBy({ type: 'pattern' }),
  },
  {
    name: 'a pattern in the header only',
    server: answer(page),
    spec: withHttp({ pattern: bodyPattern('text/plain') }),
    expected: failedBy({ type: 'pattern' }),
  },
  {
    name: 'a pattern that would search for ever',
    server: answer(`HTTP/1.0 200 OK\r\n\r\n${'a'.repeat(5_000)}`),
    spec: withHttp({ pattern: bodyPattern('(a|aa)+$b') }),
    expected: {
      failure: { type: 'pattern' },
      excerpt: `the pattern takes too many steps: HTTP/1.0 200 OK ${'a'.repeat(70)}`,
    },
  },
  {
    name: 'status before digest before pattern',
    server: answer('HTTP/1.1 500 No\r\n\r\n'),
    spec: withHttp({ digest: md5('x'), pattern: bodyPattern('x') }),
    expected: failedBy({ type: 'status', status: 500 }),
  },
  {
    name: 'digest before pattern',
    server: answer('HTTP/1.1 200 OK\r\n\r\n'),
    spec: withHttp({ digest: md5('x'), pattern: bodyPattern('x') }),
    expected: failedBy({ type: 'digest', digest: md5('') }),
  },
  {
    name: 'an endless header',
    server: stream({ hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\n' }, { endlessly: `X: ${'y'.repeat(4_000)}\r\n` }),
    spec: http,
    expected: failedBy({ type: 'protocol', excerpt: `too long: HTTP/1.1 200 OK X: ${'y'.repeat(91)}` }),
  },
  {
    name: 'an endless body',
    server: stream({ hear: '\r\n\r\n' }, { say: page }, { endlessly: 'x'.repeat(65_536) }),
    spec: http,
    expected: {
      status: 200,
      failure: { type: 'protocol', excerpt: `too long: HTTP/1.1 200 OK hello world ${'x'.repeat(82)}` },
    },
  },
  {
    name: 'a huge body',
    server: stream({ hear: '\r\n\r\n' }, { say: `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(8_000_000)}` }, { hangUp: true }),
    spec: withHttp({ digest: md5('x'.repeat(8_000_000)) }),
    expected: passed,
  },
];

export const tlsCases: readonly ContractCase[] = [
  {
    name: 'a good status',
    server: tlsStream({ hear: '\r\n\r\n' }, { say: page }, { hangUp: true }),
    spec: https,
    expected: { failure: undefined, status: 200, digest: md5('hello world\n') },
  },
  {
    name: 'a bad status',
    server: tlsStream({ hear: '\r\n\r\n' }, { say: 'HTTP/1.1 404 No\r\n\r\n' }, { hangUp: true }),
    spec: https,
    expected: failedBy({ type: 'status', status: 404 }),
  },
  {
    name: 'refused',
    server: { type: 'refusing' },
    spec: https,
    expected: failedBy({ type: 'connection', error: 'ECONNREFUSED' }),
  },
  {
    name: 'silent before the handshake',
    server: silent,
    spec: https,
    expected: failedBy({ type: 'timeout', during: 'tls' }),
  },
  { name: 'silent after the handshake', server: tlsStream(), spec: https, expected: readTimeout },
  { name: 'reset instead of a handshake', server: resetting, spec: https, expected: wasReset },
  {
    name: 'hung up during the handshake',
    server: stream({ hear: '' }, { hangUp: true }),
    spec: https,
    expected: closed,
  },
  {
    name: 'a reset instead of close_notify',
    server: tlsStream({ hear: '\r\n\r\n' }, { say: page }, { reset: true }),
    spec: https,
    expected: { failure: undefined, digest: md5('hello world\n') },
  },
  {
    name: 'a reset before a word',
    server: tlsStream({ hear: '\r\n\r\n' }, { reset: true }),
    spec: https,
    expected: closed,
  },
  {
    name: 'no TLS at all',
    server: stream({ say: 'HTTP/1.1 400 Bad Request\r\n\r\n' }),
    spec: https,
    expected: { failure: { type: 'tls', error: 'wrong version number' } },
  },
  {
    name: 'an endless body',
    server: tlsStream({ hear: '\r\n\r\n' }, { say: page }, { endlessly: 'x'.repeat(65_536) }),
    spec: https,
    expected: {
      status: 200,
      failure: { type: 'protocol', excerpt: `too long: HTTP/1.1 200 OK hello world ${'x'.repeat(82)}` },
    },
  },
];
