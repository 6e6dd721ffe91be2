// The same of servers that say much, or never stop: how often each daemon asks them before it gives them up.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Behaviour, type Case, dnsAnswer, overTls, type Server, smtp, Tries } from './tries.testkit.ts';

const huge = Buffer.alloc(1_048_576, 'all work and no play makes a dull page\n');
const digest = createHash('md5').update(huge).digest('hex');
const retrying = 'retry 2\ndelay_before_retry 1';

const headerOf = (length: number, status = 200): string =>
  `HTTP/1.0 ${status} Word\r\nContent-Length: ${length}\r\n\r\n`;
const heard =
  (answer: (socket: Socket) => void): Behaviour =>
  socket =>
    socket.once('data', () => answer(socket));
const page = (body: Buffer, status = 200): Behaviour =>
  heard(socket => {
    socket.write(headerOf(body.length, status));
    socket.end(body);
  });
/** Half of what was promised, and then? */
const half = (then: (socket: Socket) => void): Behaviour =>
  heard(socket => {
    socket.write(headerOf(huge.length));
    socket.write(huge.subarray(0, huge.length / 2), () => then(socket));
  });
/** As fast as it is taken. */
function endlessly(socket: Socket, first: string, text: string): void {
  const bytes = Buffer.from(text);
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes)) {}
  };
  socket.on('drain', more);
  socket.write(first);
  more();
}
/** A few bytes ten times a second. */
function trickle(socket: Socket, first: string, text: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(text), 100);
  socket.once('close', () => clearInterval(timer));
}

const good = page(huge);
const other = Buffer.from(huge).fill('x', huge.length - 1);
const http = (bad: Behaviour): Server => ({ type: 'stream', good, bad });
const https = (bad: Behaviour): Server => ({ type: 'stream', good: overTls(good), bad: overTls(bad) });
const url = `url {\npath /\nstatus_code 200\ndigest ${digest}\n}`;
const web = (name: string, bad: Behaviour, rest: Partial<Case> = {}): Case => ({
  name: `HTTP: ${name}`,
  checker: 'HTTP_GET',
  lines: `${url}\n${retrying}`,
  server: http(bad),
  ...rest,
});
const secureWeb = (name: string, bad: Behaviour, rest: Partial<Case> = {}): Case => ({
  ...web(name, bad, rest),
  name: `HTTPS: ${name}`,
  checker: 'SSL_GET',
  server: https(bad),
});
const mail = (name: string, bad: Behaviour, rest: Partial<Case> = {}): Case => ({
  name: `SMTP: ${name}`,
  checker: 'SMTP_CHECK',
  lines: retrying,
  server: { type: 'stream', good: smtp, bad },
  ...rest,
});

const endlessBody = heard(socket => endlessly(socket, 'HTTP/1.0 200 OK\r\n\r\n', 'x'.repeat(65_536)));

const long: readonly Case[] = [
  web('a huge body, alpha', good, { lines: `${url}\nalpha`, well: 0, failing: 0 }),
  web('a huge body with another digest', page(other)),
  web('a huge body with another digest, well again', page(other), { failing: 5 }),
  web('a huge body with status 500', page(huge, 500)),
  web(
    'half of a huge body',
    half(socket => socket.end()),
  ),
  web(
    'half of a huge body, then mute',
    half(() => {}),
    { timeout: 8 },
  ),
  web(
    'half of a huge body, then reset',
    half(socket => socket.resetAndDestroy()),
  ),
  web(
    'a huge header',
    heard(socket => socket.end(`HTTP/1.0 200 OK\r\n${'X: y\r\n'.repeat(8_000)}\r\nhello`)),
  ),
  secureWeb('a huge body, alpha', good, { lines: `${url}\nalpha`, well: 0, failing: 0 }),
  secureWeb('a huge body with another digest', page(other)),
  secureWeb(
    'half of a huge body, then mute',
    half(() => {}),
    { timeout: 8 },
  ),
  web(
    'an endless header',
    heard(socket => endlessly(socket, 'HTTP/1.0 200 OK\r\n', `X: ${'y'.repeat(4_000)}\r\n`)),
  ),
  mail('a huge greeting', socket => socket.write(`220 ${'x'.repeat(65_536)}\r\n`)),
  mail('an endless greeting', socket => endlessly(socket, '', '220-more\r\n'.repeat(2_000))),
  {
    name: 'UDP: a huge reply',
    checker: 'UDP_CHECK',
    lines: `payload 0102\nrequire_reply 01\n${retrying}`,
    server: { type: 'datagram', bad: () => Buffer.alloc(60_000, 9) },
  },
  {
    name: 'DNS: a huge reply',
    checker: 'DNS_CHECK',
    lines: `type SOA\nname .\n${retrying}`,
    server: {
      type: 'datagram',
      bad: question => Buffer.concat([dnsAnswer(question, 2), Buffer.alloc(60_000)]),
      dns: true,
    },
  },
  {
    name: 'script: endless output',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'while :; do echo again; sleep 0.01; done' },
    timeout: 4,
  },
];

// keepalived reads the bodies for ever, and at the end of its room for a greeting it turns round and round.
const endless: readonly Case[] = [
  web('an endless body', endlessBody, { timeout: 8, endless: 3 }),
  secureWeb('an endless body', endlessBody, { timeout: 8, endless: 3 }),
  web(
    'a body that trickles without end',
    heard(socket => trickle(socket, headerOf(1_000_000), 'x')),
    {
      well: 0,
      timeout: 1,
      endless: 1,
    },
  ),
  mail('a greeting that trickles without end', socket => trickle(socket, '220', ' more than anybody wants to read'), {
    well: 0,
    timeout: 1,
    endless: 1,
  }),
];

describe('tries of servers that say much', () => {
  const tries = new Tries(long);
  before(() => tries.play());
  after(() => tries.close());
  long.forEach(({ name: title }, place) => {
    it(title, () => tries.compare(place));
  });
});

describe('tries of servers that never end', () => {
  const tries = new Tries(endless);
  before(() => tries.play());
  after(() => tries.close());
  endless.forEach(({ name: title }, place) => {
    it(title, () => tries.compare(place));
  });
});
