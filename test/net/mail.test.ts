// Mails over real sockets: keepalived's and ours side by side at a mail server of Debian's, and mail servers that are none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { type Daemon, daemonCommand, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';

const globals = (lines: readonly string[] = []): string =>
  ['global_defs {', 'vrrp_version 3', 'smtp_server 127.0.0.1', 'smtp_connect_timeout 2', ...lines, '}', ''].join('\n');
const recipients = ['notification_email {', 'a@example.org', 'b@example.org', '}'];
// Without it keepalived says that mails come from `(null)` where $USER is not set, and msmtpd refuses them.
const sender = 'notification_email_from holdfast@example.org';
const instance = (number: number, lines: readonly string[] = [], priority = 100, interval = 0.1): string =>
  [
    `vrrp_instance V${number} {`,
    'interface eth0',
    `virtual_router_id ${50 + number}`,
    `priority ${priority}`,
    `advert_int ${interval}`,
    ...lines,
    'virtual_ipaddress {',
    `10.0.0.${100 + number}/24`,
    '}',
    '}',
    '',
  ].join('\n');
const group = 'vrrp_sync_group G {\ngroup {\nV1\nV2\n}\n}\n';

/** Debian's msmtpd on a host, which leaves every mail in a file, envelope first. */
class Mailboxes {
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
  }

  static async open(host: Host): Promise<Mailboxes> {
    await host.must(['mkdir', '-p', '/run/mails', '/run/new']);
    const keep = 'file=$(mktemp /run/new/XXXXXX); { echo "to $*"; cat; } >"$file"; mv "$file" /run/mails/';
    host.write('/run/deliver', `#!/bin/sh\n${keep}\n`, 0o755);
    const server = host.spawn(['msmtpd', '--port=25', '--command=/run/deliver %F']);
    const listens = async () =>
      (await host.run(['grep', '-q', ':0019 00000000:0000 0A', '/proc/net/tcp'])).status === 0;
    await waitFor(listens, { what: 'msmtpd to listen', evidence: () => server.output });
    return new Mailboxes(host);
  }

  /** All mails so far, as soon as there are so many; the dates left out, sorted. */
  async whenThereAre(count: number, evidence: () => string): Promise<string[]> {
    let names: string[] = [];
    await waitFor(
      async () => {
        names = (await this.#host.must(['ls', '/run/mails'])).split('\n').filter(Boolean);
        return names.length >= count;
      },
      { what: `${count} mails`, evidence: () => `${names.length} so far\n${evidence()}` },
    );
    return names
      .map(name => (this.#host.read(`/run/mails/${name}`) ?? '').replace(/^(Date:|\t\w{3},) .*/gm, '$1'))
      .sort();
  }
}

/** What everybody is told of the same events, by the number of mails after each. */
async function mailsOf(daemon: Daemon): Promise<string[]> {
  const lab = await openTestLab();
  try {
    const host = await lab.addHost('one', { addresses: ['10.0.0.1/24'] });
    const mailboxes = await Mailboxes.open(host);
    const alerts = globals([...recipients, 'smtp_alert true', 'router_id LVS_ONE', 'smtp_helo_name one', sender]);
    const kept = instance(1) + instance(2) + instance(4, ['smtp_alert off']) + group;
    const running = startDaemon(host, daemon, alerts + kept + instance(3, ['notify_deleted']));
    const evidence = () => running.output;
    await mailboxes.whenThereAre(8, evidence);
    await lab.pullCable(host);
    await mailboxes.whenThereAre(12, evidence);
    await lab.plugCable(host);
    await mailboxes.whenThereAre(20, evidence);
    host.write('/etc/keepalived/keepalived.conf', alerts + kept);
    await running.signal('SIGHUP');
    const mails = await mailboxes.whenThereAre(21, evidence);
    await running.stop();
    return mails;
  } finally {
    await lab.close();
  }
}

describe.skipIf(!havePeers('keepalived', 'msmtpd'))('mails beside keepalived’s', () => {
  it('are the same, envelope, headers and body', async () => {
    const [theirs, ours] = await Promise.all([mailsOf('keepalived'), mailsOf('holdfast')]);
    expect(ours).toEqual(theirs);
    expect(ours).toHaveLength(21);
    expect(ours.filter(mail => mail.includes('Subject: [LVS_ONE] VRRP Instance V3 - Deleted'))).toHaveLength(1);
    expect(ours[0]).toMatch(/^to holdfast@example\.org a@example\.org b@example\.org\n/);
  });
});

/** Listens on port 25 and never says a word. */
const silentServer = `require('node:net').createServer(() => {}).listen(25, '127.0.0.1', () => console.log('listening'))`;

describe('a mail server that hangs', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;

  beforeAll(async () => {
    lab = await openTestLab();
    one = await lab.addHost('one', { addresses: ['10.0.0.1/24'] });
    two = await lab.addHost('two', { addresses: ['10.0.0.2/24'] });
  });

  afterAll(() => lab.close());

  /** A backup waits more than three of them: a test machine may be busy. */
  const interval = 0.3;
  const numbers = Array.from({ length: 20 }, (_, place) => place + 1);
  const status = async (): Promise<{ waiting: number; underWay: number; sent: number; failed: number }> => {
    const [node, program] = daemonCommand('holdfast');
    const text = (await one.run([node!, program!, 'status', '--json'])).stdout;
    return (JSON.parse(text) as { mails: Awaited<ReturnType<typeof status>> }).mails;
  };

  /** Children of the daemon that are not the VRRP process: the one that carries mails. */
  async function mailProcesses(): Promise<number[]> {
    const [parent, vrrp] = ['holdfast', 'holdfast_vrrp'].map(name => Number(one.read(`/run/${name}.pid`)));
    const children = (await one.run(['pgrep', '-P', String(parent)])).stdout.split('\n').filter(Boolean).map(Number);
    return children.filter(pid => pid !== vrrp);
  }

  it('costs no mastership, is counted, and delays a stop by a moment', async () => {
    const server = one.spawn([process.execPath, '-e', silentServer]);
    await server.waitForLine('listening');
    const backup: HostProcess = startDaemon(
      two,
      'holdfast',
      globals() + numbers.map(number => instance(number, [], 100, interval)).join(''),
    );
    await backup.waitForLine('(V20) Entering MASTER STATE');
    const alerts = globals([...recipients, 'smtp_alert true']);
    const text = alerts + numbers.map(number => instance(number, [], 150, interval)).join('');
    const master = startDaemon(one, 'holdfast', text);
    for (const number of numbers) await master.waitForLine(`(V${number}) Entering MASTER STATE`);
    for (const number of numbers)
      await backup.waitForLine(`(V${number}) Entering BACKUP STATE`, { after: backup.position - 200 });
    const since = backup.position;
    await master.waitForLine('Timeout reading data to remote SMTP server [127.0.0.1]:25.');
    const counts = await status();
    expect(counts.sent).toBe(0);
    expect(counts.waiting + counts.underWay + counts.failed).toBeGreaterThanOrEqual(40);

    // Whoever carries the mails may die; the others are carried by another.
    const [carrier] = await mailProcesses();
    await one.must(['kill', '-KILL', String(carrier)]);
    await master.waitForLine(/The mail process ended \(SIGKILL\): \d mails are lost/);
    await waitFor(async () => (await mailProcesses()).some(pid => pid !== carrier), { what: 'another mail process' });
    await pause(1_000);
    expect(backup.lines.slice(since).filter(({ text: line }) => line.includes('Entering MASTER'))).toEqual([]);

    await master.stop();
    expect(master.output).toMatch(/\d+ mails could not be sent in time/);
    await backup.waitForLine('(V1) Entering MASTER STATE', { after: since });
    expect(await one.processes().then(all => all.filter(({ name }) => name === 'holdfast'))).toEqual([]);
    await backup.stop();
    await server.stop();
  });
});
