import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { milliseconds } from '../base/duration.ts';
import { mailSettings } from '../engine/mails.testkit.ts';
import type { MailSettings } from '../ports/mail.ts';
import { carryMail } from './mail-carrier.ts';
import { type MailAnswers, MailServer } from './mail-server.testkit.ts';

const mailbox = (address: string) => ({ name: undefined, address });
const servers: MailServer[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serverThat(answers: MailAnswers, meet?: (socket: Socket) => void): Promise<MailServer> {
  const server = await MailServer.open(answers, meet);
  servers.push(server);
  return server;
}

interface Carried {
  readonly sent: boolean;
  readonly said: readonly string[];
}

/** Port numbers differ from run to run. */
async function carry(
  port: number,
  changed: Partial<MailSettings> = {},
  body = '=> VRRP Instance is now owning VRRP VIPs <=\n',
): Promise<Carried> {
  const settings: MailSettings = {
    ...mailSettings,
    host: '127.0.0.1',
    port,
    timeout: milliseconds(200),
    recipients: [mailbox('a@example.org'), mailbox('b@example.org')],
    ...changed,
  };
  const said: string[] = [];
  const letter = { mail: { settings, subject: '[r] VRRP Instance V1 - Entering MASTER state', body }, date: 'now' };
  const sent = await new Promise<boolean>(resolve => {
    carryMail(letter, {
      say: (level, text) => said.push(`${level} ${text.replace(`:${port}`, ':25')}`),
      ended: resolve,
    });
  });
  return { sent, said };
}

const connected = 'info Remote SMTP server [127.0.0.1]:25 connected.';

describe('a mail is carried', () => {
  it('to a server that takes it, with the words that keepalived logs', async () => {
    const server = await serverThat({});
    expect(await carry(server.port)).toEqual({
      sent: true,
      said: [connected, 'info SMTP alert successfully sent.'],
    });
    expect(server.commands.slice(0, 5)).toEqual([
      'HELO one',
      'MAIL FROM:<holdfast@example.org>',
      'RCPT TO:<a@example.org>',
      'RCPT TO:<b@example.org>',
      'DATA',
    ]);
    expect(server.mails).toEqual([
      'Date: now\r\nFrom: holdfast@example.org\r\nSubject: [r] VRRP Instance V1 - Entering MASTER state\r\n' +
        'X-Mailer: Keepalived\r\nTo: a@example.org, b@example.org\r\n\r\n=> VRRP Instance is now owning VRRP VIPs <=\r\n',
    ]);
  });

  it('to a name that has to be looked up', async () => {
    const server = await serverThat({});
    expect((await carry(server.port, { host: 'localhost' })).sent).toBe(true);
  });

  it('to those recipients that the server takes', async () => {
    const server = await serverThat({ 'RCPT TO:<b@example.org>': '550 no such user\r\n' });
    expect(await carry(server.port)).toEqual({
      sent: true,
      said: [
        connected,
        'error SMTP server [127.0.0.1]:25 refused recipient <b@example.org>: 550',
        'info SMTP alert successfully sent.',
      ],
    });
    expect(server.mails).toHaveLength(1);
  });

  it('through replies of several lines, and a body of dots', async () => {
    const server = await serverThat({ greeting: '220-a\r\n220 b\r\n', HELO: '250-a\r\n250 b\r\n' });
    expect((await carry(server.port, {}, '.\n..\n')).sent).toBe(true);
    expect(server.mails[0]).toMatch(/\r\n\r\n\.\.\r\n\.\.\.\r\n$/);
  });
});

describe('a mail is given up, and it is said why', () => {
  it.each([
    ['(E)SMTP', { greeting: '554 no\r\n' }, 554],
    ['HELO', { HELO: '502 no\r\n' }, 502],
    ['MAIL', { MAIL: '451 no\r\n' }, 451],
    ['RCPT', { RCPT: '550 no\r\n' }, 550],
    ['DATA', { DATA: '554 no\r\n' }, 554],
    ['DATA', { text: '451 no\r\n' }, 451],
  ])('%s is refused', async (command, answers, code) => {
    const server = await serverThat(answers);
    expect(await carry(server.port)).toEqual({
      sent: false,
      said: [
        connected,
        `error Error processing ${command} cmd on SMTP server [127.0.0.1]:25. SMTP status code = ${code}`,
      ],
    });
  });

  it.each(['greeting', 'HELO', 'MAIL', 'RCPT', 'DATA', 'text'])('the server is silent: %s', async command => {
    const server = await serverThat({ [command]: undefined });
    expect(await carry(server.port)).toEqual({
      sent: false,
      said: [connected, 'error Timeout reading data to remote SMTP server [127.0.0.1]:25.'],
    });
  });

  it('a server that says a letter now and then is silent, too', async () => {
    const server = await serverThat({}, socket => {
      const timer = setInterval(() => socket.write('2'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await carry(server.port)).said.at(-1)).toMatch(/^error Timeout reading data/);
  });

  it('the server hangs up', async () => {
    const server = await serverThat({}, socket => socket.end());
    expect(await carry(server.port)).toEqual({
      sent: false,
      said: [connected, 'error Remote SMTP server [127.0.0.1]:25 has closed the connection.'],
    });
  });

  it('the server resets the connection', async () => {
    const server = await serverThat({ HELO: undefined }, undefined);
    const reset = await serverThat(
      {},
      socket => void socket.once('data', () => socket.resetAndDestroy()).write('220 x\r\n'),
    );
    server.close();
    expect((await carry(reset.port)).said.at(-1)).toBe(
      'error Lost the connection to remote SMTP server [127.0.0.1]:25: ECONNRESET',
    );
  });

  it('nobody listens', async () => {
    const server = await serverThat({});
    const { port } = server;
    server.close();
    expect(await carry(port)).toEqual({
      sent: false,
      said: ['error Cannot connect to remote SMTP server [127.0.0.1]:25: ECONNREFUSED'],
    });
  });

  it('it is no mail server', async () => {
    const server = await serverThat({ greeting: 'SSH-2.0-OpenSSH\r\n' });
    expect((await carry(server.port)).said.at(-1)).toBe(
      'error Error processing (E)SMTP cmd on SMTP server [127.0.0.1]:25. It said: "SSH-2.0-OpenSSH"',
    );
  });

  it('it never stops talking', async () => {
    const server = await serverThat({}, socket => {
      const pour = (): void => {
        while (socket.writable && socket.write('220-'.padEnd(1_000, 'x').concat('\r\n')));
      };
      socket.on('drain', pour);
      pour();
    });
    expect((await carry(server.port)).said.at(-1)).toBe('error SMTP server [127.0.0.1]:25 says too much in one reply');
  });
});
