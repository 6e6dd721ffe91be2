// How often keepalived and Holdfast ask a server that fails before it leaves its service, and until it is back: for each
// checker and way to fail, counted on the wire.
import { after, before, describe, it } from 'node:test';
import {
  type Behaviour,
  type Case,
  closing,
  dnsAnswer,
  overTls,
  type Server,
  smtp,
  Tries,
  web,
} from './tries.testkit.ts';

const ways = {
  mute: () => {},
  reset: socket => socket.resetAndDestroy(),
  half: socket => socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Le')),
  garbage: socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  badGreeting: socket => socket.end('554 not now\r\n'),
  halfGreeting: socket => socket.write('220'),
} satisfies Record<string, Behaviour>;
/** By the path that is asked for. */
const twoPages =
  (second: number): Behaviour =>
  socket =>
    socket.once('data', bytes =>
      socket.end(`HTTP/1.0 ${String(bytes).startsWith('GET /2') ? second : 200} Word\r\n\r\n`),
    );

const page = 'url {\npath /\nstatus_code 200\ndigest 5d41402abc4b2a76b9719d911017c592\n}';
const pages = 'url {\npath /1\nstatus_code 200\n}\nurl {\npath /2\nstatus_code 200\n}';
const good = web(200, 'hello');
const retrying = 'retry 2\ndelay_before_retry 1';
const http = (bad: Behaviour | 'closed'): Server => ({ type: 'stream', good, bad });
const https = (bad: Behaviour | 'closed', secure = true): Server => ({
  type: 'stream',
  good: overTls(good),
  bad: bad === 'closed' ? bad : secure ? overTls(bad) : bad,
});
const mail = (bad: Behaviour | 'closed'): Server => ({ type: 'stream', good: smtp, bad });
const dns = (bad: ((question: Buffer) => Buffer | undefined) | 'closed'): Server => ({
  type: 'datagram',
  bad,
  dns: true,
});
const udp = (bad: ((question: Buffer) => Buffer | undefined) | 'closed'): Server => ({ type: 'datagram', bad });
const name = 'type SOA\nname .';
const reply = 'payload 0102\nrequire_reply 01';

const cases: readonly Case[] = [
  ...[retrying, '', 'retry 0', 'retry 3\ndelay_before_retry 2'].map(lines => ({
    name: `TCP: refused, ${lines.replace('\n', ', ') || 'defaults'}`,
    checker: 'TCP_CHECK',
    lines,
    server: { type: 'stream', good: closing, bad: 'closed' } as const,
  })),
  { name: 'TCP: lost', checker: 'TCP_CHECK', lines: retrying, server: { type: 'vanishing' } },
  {
    name: 'TCP: refused from the start',
    checker: 'TCP_CHECK',
    lines: retrying,
    server: { type: 'stream', good, bad: 'closed' },
    well: 0,
  },
  ...(
    [
      ['refused', 'closed'],
      ['mute', ways.mute],
      ['reset', ways.reset],
      ['half a header', ways.half],
      ['no HTTP', ways.garbage],
      ['status 500', web(500, 'hello')],
      ['another digest', web(200, 'other')],
    ] as const
  ).map(([way, bad]) => ({
    name: `HTTP: ${way}`,
    checker: 'HTTP_GET',
    lines: `${page}\n${retrying}`,
    server: http(bad),
  })),
  { name: 'HTTP: status 500, defaults', checker: 'HTTP_GET', lines: page, server: http(web(500, '')) },
  {
    name: 'HTTP: mute from the start',
    checker: 'HTTP_GET',
    lines: `${page}\n${retrying}`,
    server: http(ways.mute),
    well: 0,
  },
  ...['TCP_CHECK', 'HTTP_GET', 'SMTP_CHECK'].map(checker => ({
    name: `${checker}: alpha`,
    checker,
    lines: `${checker === 'HTTP_GET' ? page : ''}\nalpha`,
    server: {
      type: 'stream',
      good: checker === 'TCP_CHECK' ? closing : checker === 'HTTP_GET' ? good : smtp,
      bad: closing,
    } as const,
    well: 0,
    failing: 0,
  })),
  {
    name: 'HTTP: alpha, after a failure',
    checker: 'HTTP_GET',
    lines: `${page}\nalpha`,
    server: http(web(500, '')),
    well: 0,
    failing: 1,
  },
  {
    name: 'HTTP: two pages, alpha',
    checker: 'HTTP_GET',
    lines: `${pages}\nalpha`,
    server: http(good),
    well: 0,
    failing: 0,
  },
  {
    name: 'HTTP: well again',
    checker: 'HTTP_GET',
    lines: `${page}\n${retrying}`,
    server: http(web(500, '')),
    failing: 5,
  },
  ...['', 'fast_recovery\n'].map(fast => ({
    name: `HTTP: the second of two pages fails ${fast}`.trim(),
    checker: 'HTTP_GET',
    lines: `${fast}${pages}\n${retrying}`,
    server: { type: 'stream', good: twoPages(200), bad: twoPages(500) } as const,
    well: 2,
    failing: 9,
  })),
  { name: 'HTTPS: refused', checker: 'SSL_GET', lines: `${page}\n${retrying}`, server: https('closed') },
  { name: 'HTTPS: no TLS', checker: 'SSL_GET', lines: `${page}\n${retrying}`, server: https(ways.garbage, false) },
  {
    name: 'HTTPS: mute before TLS',
    checker: 'SSL_GET',
    lines: `${page}\n${retrying}`,
    server: https(ways.mute, false),
  },
  { name: 'HTTPS: mute within TLS', checker: 'SSL_GET', lines: `${page}\n${retrying}`, server: https(ways.mute) },
  { name: 'HTTPS: status 500, defaults', checker: 'SSL_GET', lines: page, server: https(web(500, '')) },
  ...(
    [
      ['refused', 'closed'],
      ['mute', ways.mute],
      ['reset', ways.reset],
      ['a bad greeting', ways.badGreeting],
      ['half a greeting', ways.halfGreeting],
    ] as const
  ).map(([way, bad]) => ({ name: `SMTP: ${way}`, checker: 'SMTP_CHECK', lines: retrying, server: mail(bad) })),
  { name: 'SMTP: a bad greeting, defaults', checker: 'SMTP_CHECK', lines: '', server: mail(ways.badGreeting) },
  { name: 'SMTP: well again', checker: 'SMTP_CHECK', lines: retrying, server: mail(ways.badGreeting), failing: 5 },
  { name: 'DNS: refused', checker: 'DNS_CHECK', lines: `${name}\n${retrying}`, server: dns('closed') },
  { name: 'DNS: mute', checker: 'DNS_CHECK', lines: `${name}\n${retrying}`, server: dns(() => undefined) },
  {
    name: 'DNS: SERVFAIL',
    checker: 'DNS_CHECK',
    lines: `${name}\n${retrying}`,
    server: dns(question => dnsAnswer(question, 2)),
  },
  {
    name: 'DNS: SERVFAIL, defaults',
    checker: 'DNS_CHECK',
    lines: name,
    server: dns(question => dnsAnswer(question, 2)),
  },
  {
    name: 'DNS: well again',
    checker: 'DNS_CHECK',
    lines: `${name}\n${retrying}`,
    server: dns(question => dnsAnswer(question, 2)),
    failing: 5,
  },
  { name: 'UDP: refused', checker: 'UDP_CHECK', lines: retrying, server: udp('closed') },
  { name: 'UDP: mute', checker: 'UDP_CHECK', lines: `${reply}\n${retrying}`, server: udp(() => undefined) },
  { name: 'UDP: another reply', checker: 'UDP_CHECK', lines: `${reply}\n${retrying}`, server: udp(() => Buffer.of(9)) },
  { name: 'UDP: mute, defaults', checker: 'UDP_CHECK', lines: reply, server: udp(() => undefined) },
  {
    name: 'UDP: well again',
    checker: 'UDP_CHECK',
    lines: `${reply}\n${retrying}`,
    server: udp(() => Buffer.of(9)),
    failing: 5,
  },
  { name: 'ping: lost', checker: 'PING_CHECK', lines: retrying, server: { type: 'vanishing' } },
  { name: 'ping: lost, defaults', checker: 'PING_CHECK', lines: '', server: { type: 'vanishing' } },
  { name: 'script: status 1', checker: 'MISC_CHECK', lines: retrying, server: { type: 'script', bad: 'exit 1' } },
  { name: 'script: status 1, defaults', checker: 'MISC_CHECK', lines: '', server: { type: 'script', bad: 'exit 1' } },
  {
    name: 'script: no end',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'exec sleep 100' },
  },
  {
    name: 'script: status 1 from the start',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'exit 1' },
    well: 0,
  },
  {
    name: 'script: well again',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'exit 1' },
    failing: 5,
  },
];

describe('tries before a server is given up', () => {
  const tries = new Tries(cases);
  before(() => tries.play());
  after(() => tries.close());
  cases.forEach(({ name: title }, place) => {
    it(title, () => tries.compare(place));
  });
});
